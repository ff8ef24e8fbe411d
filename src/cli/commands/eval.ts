/** `mlip eval retrieval`: how well the halves of held-out pairs find each other. */
import { Command, Option } from 'commander';
import type { Split } from '../../data/manifest.js';
import { commandLogger } from '../logging.js';
import { addExamples, parsePositive } from '../options.js';
import { answer, answerJson } from '../terminal.js';

interface RetrievalCommandOptions {
  checkpoint: string;
  data: string;
  pairs?: number;
  split?: Split;
  json?: boolean;
}

export function evalCommand(): Command {
  return new Command('eval').description('score a checkpoint').addCommand(retrievalCommand());
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
    .option('--json', 'print the scores, shares from 0 to 1, as one JSON object')
    .action(retrieval);
  return addExamples(
    command,
    'mlip eval retrieval --checkpoint runs/first/checkpoints/step-200 --data pairs.jsonl',
    'mlip eval retrieval --checkpoint C --data M --split test --json | jq .imageToReport.r1',
  );
}

async function retrieval({ checkpoint, data, pairs, split, json }: RetrievalCommandOptions): Promise<void> {
  const { score } = await import('../launch/score.js');
  const { describeRetrieval } = await import('../launch/closing.js');
  const { provideEngine } = await import('../provide-engine.js');
  const { visibleGpus } = await import('../launch/devices.js');
  await provideEngine(visibleGpus().length > 0);
  const log = commandLogger('evaluation');
  const report = await score({ checkpoint, manifest: data, pairs, split, log });
  if (json) answerJson(report);
  else answer(describeRetrieval(report));
}
