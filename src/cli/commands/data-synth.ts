/** `mlip data synth`: a synthetic corpus of radiographs and reports. */
import { Command } from 'commander';
import { synthesizeWithProgress } from '../launch/corpus.js';
import { addExamples, parseCount, parsePositive } from '../options.js';
import { answer, answerJson } from '../terminal.js';

interface SynthCommandOptions {
  pairs: number;
  valid: number;
  seed: number;
  size: number;
  hard?: boolean;
  out: string;
  json?: boolean;
}

export function dataSynthCommand(): Command {
  const command = new Command('synth')
    .description('draw radiographs with findings, and write reports, labels, boxes and masks for them')
    .requiredOption('--pairs <n>', 'pairs, those held out included', parsePositive)
    .requiredOption('--out <dir>', 'directory that is absent, empty or of the same corpus')
    .option('--seed <n>', 'seed of the corpus', parseCount, 1)
    .option('--valid <n>', 'pairs held out as the split valid; a quarter at most', parseCount, 256)
    .option('--size <n>', 'long side of an image in pixels', parsePositive, 256)
    .option('--hard', 'rarer findings, repeated reports and studies of two films')
    .option('--json', 'print {manifest, pairs, train, valid, reused} as one JSON object')
    .action(synth);
  return addExamples(
    command,
    'mlip data synth --pairs 500 --seed 1 --out corpus',
    'mlip train mlip-nano --data corpus/manifest.jsonl',
  );
}

async function synth({ pairs, valid, seed, size, hard, out, json }: SynthCommandOptions): Promise<void> {
  const summary = await synthesizeWithProgress({ pairs, seed, out, size, hard: hard ?? false, validPairs: valid });
  if (json) return answerJson(summary);
  const { manifest, train, reused } = summary;
  answer(
    `${manifest}: ${train} training pairs and ${summary.valid} held out${reused ? ' (it was there already)' : ''}`,
  );
}
