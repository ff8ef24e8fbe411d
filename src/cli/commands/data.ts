/** `mlip data ...`: makes and inspects what a run trains on. */
import { Command } from 'commander';
import { dataCheckCommand } from './data-check.js';
import { dataSynthCommand } from './data-synth.js';
import { dataVocabCommand } from './data-vocab.js';

export function dataCommand(): Command {
  return new Command('data')
    .description('make and inspect training data')
    .addCommand(dataCheckCommand())
    .addCommand(dataSynthCommand())
    .addCommand(dataVocabCommand());
}
