/**
 * `mlip eval retrieval`: how well the halves of held-out pairs find each other. `mlip eval separability`: how far the
 * image encoder's features tell two classes apart.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Split } from '../../data/manifest.js';
import { commandLogger } from '../logging.js';
import { addExamples, parsePositive } from '../options.js';
import { provideOwnEngine } from '../provide-engine.js';
import { answer, answerJson } from '../terminal.js';
import { probeCommand, zeroShotCommand } from './eval-labels.js';

interface RetrievalCommandOptions {
  checkpoint: string;
  data: string;
  pairs?: number;
  split?: Split;
  report?: string | false;
  json?: boolean;
}

export function evalCommand(): Command {
  return new Command('eval')
    .description('score a checkpoint')
    .addCommand(retrievalCommand())
    .addCommand(zeroShotCommand())
    .addCommand(probeCommand())
    .addCommand(separabilityCommand());
}

function retrievalCommand(): Command {
  const command = new Command('retrieval')
    .description('R@1, R@5 and R@10 from image to report and back; precision by label where rows have labels')
    .requiredOption('--checkpoint <dir>', 'OUT/checkpoints/step-N of a run')
    .requiredOption('--data <manifest>', 'manifest of image-report pairs')
    .option('--pairs <n>', 'pairs at most; evaluation.pairs of the checkpoint by default', parsePositive)
    .addOption(
      new Option('--split <split>', 'rows to score; valid by default, else test').choices(['train', 'valid', 'test']),
    )
    .option('--report <dir>', 'directory for scores and examples with pictures; OUT/evaluations/step-N by default')
    .option('--no-report', 'leave no examples')
    .option('--json', 'print the scores, shares from 0 to 1, as one JSON object')
    .action(retrieval);
  return addExamples(
    command,
    'mlip eval retrieval --checkpoint runs/first/checkpoints/step-200 --data pairs.jsonl',
    'mlip eval retrieval --checkpoint C --data M --split test --json | jq .imageToReport.r1',
  );
}

async function retrieval({
  checkpoint,
  data,
  pairs,
  split,
  report: left,
  json,
}: RetrievalCommandOptions): Promise<void> {
  const { score } = await import('../launch/score.js');
  const { describeRetrieval } = await import('../launch/closing.js');
  await provideOwnEngine();
  const log = commandLogger('evaluation');
  const report = await score({ checkpoint, manifest: data, pairs, split, report: left === false ? null : left, log });
  if (json) answerJson(report);
  else answer(describeRetrieval(report));
}

interface SeparabilityCommandOptions {
  checkpoint: string;
  images: string;
  classes: [string, string];
  pixels?: boolean;
  json?: boolean;
}

function separabilityCommand(): Command {
  const command = new Command('separability')
    .description(
      'AUROC and accuracy of a linear classifier on the frozen features of images, fitted to the split train and scored ' +
        'on valid, beside the same for the encoder before training',
    )
    .requiredOption('--checkpoint <dir>', 'OUT/checkpoints/step-N of a run')
    .requiredOption('--images <list>', 'CSV or JSON lines with image, label and split')
    .addOption(
      new Option('--classes <a,b>', 'labels to tell apart; b is the positive class')
        .argParser(parseClasses)
        .default(['normal', 'pneumonia'], 'normal,pneumonia'),
    )
    .option('--pixels', 'also the same for the bare pixels of the images at 32 x 32')
    .option('--json', 'print the scores, shares from 0 to 1, as one JSON object')
    .action(separability);
  return addExamples(
    command,
    'mlip eval separability --checkpoint runs/first --images labels.csv',
    'mlip eval separability --checkpoint C --images labels.csv --classes normal,covid --pixels',
    'mlip eval separability --checkpoint C --images labels.csv --json | jq .trained.auroc',
  );
}

function parseClasses(text: string): [string, string] {
  const [negative, positive, ...more] = text.split(',').map((name) => name.trim());
  if (negative && positive && more.length === 0 && negative !== positive) return [negative, positive];
  throw new InvalidArgumentError('It must be two different labels, for example normal,pneumonia.');
}

async function separability({ json, ...options }: SeparabilityCommandOptions): Promise<void> {
  const { evaluateSeparability } = await import('../../evaluation/evaluate-separability.js');
  const { describeSeparability } = await import('../separability-text.js');
  const { createStatusLine } = await import('../status-line.js');
  await provideOwnEngine();
  const status = createStatusLine();
  const onProgress = (done: number, total: number): void => status.show(`encoded ${done} of ${total} images`);
  const log = commandLogger('evaluation');
  const report = await evaluateSeparability({ ...options, log, onProgress }).finally(status.end);
  if (json) answerJson(report);
  else answer(describeSeparability(report));
}
