/** `mlip knowledge ...`: graphs of medical concepts and their embeddings. */
import { Command } from 'commander';
import { knowledgeCheckCommand } from './knowledge-check.js';
import { knowledgeImportCommand } from './knowledge-import.js';
import { knowledgeNeighboursCommand } from './knowledge-neighbours.js';
import { knowledgeTrainCommand } from './knowledge-train.js';

export function knowledgeCommand(): Command {
  return new Command('knowledge')
    .description('make and inspect graphs of concepts, and train their embeddings')
    .addCommand(knowledgeCheckCommand())
    .addCommand(knowledgeImportCommand())
    .addCommand(knowledgeTrainCommand())
    .addCommand(knowledgeNeighboursCommand());
}
