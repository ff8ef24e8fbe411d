/** `mlip drain`: one worker leaves, and the run goes on. */
import { Command } from 'commander';
import { MlipError } from '../../core/errors.js';
import type { WorkerChoice } from '../control/drain-worker.js';
import { addReplyOption, addRunChoice, showReply, type ControlOptions } from '../control/run-options.js';
import { tellRun } from '../control/tell-run.js';
import { addExamples, parseCount } from '../options.js';

interface DrainOptions extends ControlOptions {
  worker?: number;
  force?: boolean;
}

const EXPLANATION = `
The worker finishes the step under way, is let off and ends with status 0; its micro-batches go to the others. Without another
one that could go on, or with fewer than elastic.minWorkers, the answer is MLIP_E_WORKER_NEEDED. With --force the last one
writes a checkpoint, ends with status 75, and the run waits elastic.rejoinMs for others.`;

export function drainCommand(): Command {
  const command = new Command('drain')
    .description('let one worker leave a run after the step under way')
    .argument('[rank]', 'its rank now, as in `mlip status -o wide`; not with --worker')
    .option('--worker <n>', 'its number instead, which it keeps', parseCount)
    .option('--force', 'also where the run cannot go on without it')
    .addHelpText('after', EXPLANATION)
    .action(drain);
  addReplyOption(addRunChoice(command));
  return addExamples(
    command,
    'mlip drain 1 runs/first',
    'mlip drain --worker 7 runs/first',
    'mlip drain 3 --nats nats:4222 --run large --token-file token',
  );
}

async function drain(first: string | undefined, second: string | undefined, options: DrainOptions): Promise<void> {
  const { choice, out } = meant(first, second, options);
  const { drainChosen } = await import('../control/drain-worker.js');
  const { force = false } = options;
  showReply(await tellRun(out, options, (address, how) => drainChosen(address, { choice, force }, how)), options);
}

/** With --worker the only argument is the output directory. */
function meant(
  first: string | undefined,
  second: string | undefined,
  { worker }: DrainOptions,
): { choice: WorkerChoice; out: string | undefined } {
  if (worker !== undefined && second === undefined) return { choice: { worker }, out: first };
  if (worker === undefined && first !== undefined && /^\d+$/.test(first)) {
    return { choice: { rank: Number(first) }, out: second };
  }
  throw new MlipError('MLIP_E_USAGE', 'it is not said which worker is meant', {
    remedy: 'Give its rank, a whole number, before the output directory; or its number with --worker. See --help.',
  });
}
