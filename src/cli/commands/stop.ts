/** `mlip stop`: ends a run after the step under way, with a checkpoint. */
import { Command } from 'commander';
import { hasCode } from '../../core/errors.js';
import type { CommandReply } from '../../rpc/service.js';
import { addReplyOption, addRunChoice, showReply, type ControlOptions } from '../control/run-options.js';
import { tellRun } from '../control/tell-run.js';
import { addExamples } from '../options.js';

export function stopCommand(): Command {
  const command = new Command('stop')
    .description('end a run after the step under way, with a checkpoint from which it can be continued')
    .action(stop);
  addReplyOption(addRunChoice(command));
  return addExamples(
    command,
    'mlip stop runs/first',
    'mlip stop --nats nats:4222 --run large --token-file token',
    'mlip stop --coordinator 10.0.0.5:7070 --token-file token --json',
  );
}

async function stop(out: string | undefined, options: ControlOptions): Promise<void> {
  const { stopRun } = await import('../../rpc/launcher.js');
  showReply(await tellRun(out, options, stopRun).catch(overAlready), options);
}

/** Whoever wants a run to end has what he wants. */
function overAlready(error: unknown): CommandReply {
  if (hasCode(error, 'MLIP_E_RUN_OVER')) return { changed: false, text: error.message };
  throw error;
}
