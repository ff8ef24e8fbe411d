/** `mlip scale`: how many workers a run is to have. */
import { Command } from 'commander';
import { addReplyOption, addRunChoice, showReply, type ControlOptions } from '../control/run-options.js';
import { tellRun } from '../control/tell-run.js';
import { addExamples, parsePositive } from '../options.js';

const EXPLANATION = `
Workers that are too many leave after the step under way, and no more than N take part from then on: others stand by.
For workers that are missing the run does not stop: \`mlip train\` starts them, elsewhere start them with \`mlip worker\`. On
Kubernetes the number is that of the Job, which the coordinator has no rights to change: the answer names the command.`;

export function scaleCommand(): Command {
  const command = new Command('scale')
    .description('say how many workers a run is to have')
    .argument('<n>', 'workers, from elastic.minWorkers to elastic.maxWorkers', parsePositive)
    .addHelpText('after', EXPLANATION)
    .action(scale);
  addReplyOption(addRunChoice(command));
  return addExamples(
    command,
    'mlip scale 4 runs/first',
    'mlip scale 16 --nats nats:4222 --run large --token-file token',
  );
}

async function scale(workers: number, out: string | undefined, options: ControlOptions): Promise<void> {
  const { scaleRun } = await import('../../rpc/launcher.js');
  showReply(await tellRun(out, options, (address, how) => scaleRun(address, workers, how)), options);
}
