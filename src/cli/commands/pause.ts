/** `mlip pause` and `mlip resume`: no step begins for a while. */
import { Command } from 'commander';
import { addReplyOption, addRunChoice, showReply, type ControlOptions } from '../control/run-options.js';
import { tellRun } from '../control/tell-run.js';
import { addExamples } from '../options.js';

export function pauseCommand(): Command {
  const command = new Command('pause')
    .description('let a run begin no further step; its workers stay, and keep their state')
    .action(pause);
  addReplyOption(addRunChoice(command));
  return addExamples(command, 'mlip pause runs/first', 'mlip pause --nats nats:4222 --run large --token-file token');
}

export function resumeCommand(): Command {
  const command = new Command('resume')
    .description('let a run that is paused go on (a run that has ended: mlip train --resume)')
    .action(resume);
  addReplyOption(addRunChoice(command));
  return addExamples(command, 'mlip resume runs/first', 'mlip resume --nats nats:4222 --run large --token-file token');
}

async function pause(out: string | undefined, options: ControlOptions): Promise<void> {
  const { pauseRun } = await import('../../rpc/launcher.js');
  showReply(await tellRun(out, options, pauseRun), options);
}

async function resume(out: string | undefined, options: ControlOptions): Promise<void> {
  const { resumeRun } = await import('../../rpc/launcher.js');
  showReply(await tellRun(out, options, resumeRun), options);
}
