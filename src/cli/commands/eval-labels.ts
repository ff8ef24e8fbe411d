/**
 * `mlip eval zero-shot`: AUROC of each label by how near images are to sentences. `mlip eval probe`: the same by a linear
 * classifier on frozen features.
 */
import { Command, Option } from 'commander';
import type { Split } from '../../data/manifest.js';
import { commandLogger } from '../logging.js';
import { addExamples, parsePositive } from '../options.js';
import { provideOwnEngine } from '../provide-engine.js';
import { createStatusLine } from '../status-line.js';
import { answer, answerJson } from '../terminal.js';

interface ZeroShotCommandOptions {
  checkpoint: string;
  data: string;
  prompts?: string;
  split?: Split;
  json?: boolean;
}

export function zeroShotCommand(): Command {
  const command = new Command('zero-shot')
    .description('AUROC of each label by how near an image is to prompts that say so, without fitting anything')
    .requiredOption('--checkpoint <dir>', 'OUT/checkpoints/step-N of a run')
    .requiredOption('--data <manifest>', 'manifest whose rows have labels')
    .option('--prompts <file>', 'YAML or JSON, label: [prompts]; those of mlip for chest radiographs by default')
    .addOption(
      new Option('--split <split>', 'rows to score; valid by default, else test').choices(['train', 'valid', 'test']),
    )
    .option('--json', 'print the scores, from 0 to 1, as one JSON object')
    .action(zeroShot);
  return addExamples(
    command,
    'mlip eval zero-shot --checkpoint runs/first --data corpus/manifest.jsonl',
    'mlip eval zero-shot --checkpoint C --data M --prompts my-labels.yaml --json | jq .macroAuroc',
  );
}

async function zeroShot({ data, json, ...options }: ZeroShotCommandOptions): Promise<void> {
  const { evaluateZeroShot } = await import('../../evaluation/evaluate-zero-shot.js');
  const { describeZeroShot } = await import('../label-scores-text.js');
  const report = await withProgress((common) => evaluateZeroShot({ ...options, ...common, manifest: data }));
  if (json) answerJson(report);
  else answer(describeZeroShot(report));
}

interface ProbeCommandOptions {
  checkpoint: string;
  data: string;
  train?: number;
  split?: 'valid' | 'test';
  json?: boolean;
}

export function probeCommand(): Command {
  const command = new Command('probe')
    .description('AUROC of each label by a linear classifier on frozen image features, fitted to the split train')
    .requiredOption('--checkpoint <dir>', 'OUT/checkpoints/step-N of a run')
    .requiredOption('--data <manifest>', 'manifest whose rows have labels')
    .option('--train <n>', 'training rows at most, spread evenly; 1000 by default', parsePositive)
    .addOption(new Option('--split <split>', 'rows to score; valid by default, else test').choices(['valid', 'test']))
    .option('--json', 'print the scores, from 0 to 1, as one JSON object')
    .action(probe);
  return addExamples(
    command,
    'mlip eval probe --checkpoint runs/first --data corpus/manifest.jsonl',
    'mlip eval probe --checkpoint C --data M --train 5000 --json | jq .macroAuroc',
  );
}

async function probe({ data, json, ...options }: ProbeCommandOptions): Promise<void> {
  const { evaluateProbe } = await import('../../evaluation/evaluate-probe.js');
  const { describeProbe } = await import('../label-scores-text.js');
  const report = await withProgress((common) => evaluateProbe({ ...options, ...common, manifest: data }));
  if (json) answerJson(report);
  else answer(describeProbe(report));
}

interface CommonOptions {
  log: ReturnType<typeof commandLogger>;
  onProgress: (done: number, total: number) => void;
}

async function withProgress<T>(evaluate: (common: CommonOptions) => Promise<T>): Promise<T> {
  await provideOwnEngine();
  const status = createStatusLine();
  const onProgress = (done: number, total: number): void => status.show(`encoded ${done} of ${total} images`);
  return evaluate({ log: commandLogger('evaluation'), onProgress }).finally(status.end);
}
