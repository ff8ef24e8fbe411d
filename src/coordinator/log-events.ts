/** What happens in a run as lines of the coordinator's log. */
import type { Logger } from '../core/log.js';
import type { RunEvent } from '../rpc/run-events.js';

export function logEvent(log: Logger, event: RunEvent): void {
  switch (event.kind) {
    case 'generation': {
      const { generation, world, step, seconds, reason } = event;
      return log.info(`generation ${generation} of ${world} worker(s) goes on after step ${step}`, { seconds, reason });
    }
    case 'started':
      return log.info(`training starts at step ${event.startStep} of ${event.steps}`, { run: event.runId });
    case 'step': {
      const { step, loss, pairs_per_second, data_wait, comm_wait } = event.line;
      return log.debug(`step ${step}`, { loss, pairs_per_second, data_wait, comm_wait });
    }
    case 'saved':
      return log.info(`checkpoint of step ${event.step} written`, { path: event.path });
    case 'saveFailed': {
      const { code, message, where } = event.failure;
      const text = `worker ${event.worker}: no checkpoint of step ${event.step}: ${message}`;
      return log.with({ worker: event.worker }).error(text, { code, where });
    }
    case 'notice':
      return log.warn(event.text);
    case 'failed': {
      const { code, message, where, step, checkpoint } = event.failure;
      return log.error(`the run failed: ${message}`, { code, where, step, checkpoint: checkpoint ?? 'none' });
    }
    case 'finished':
      return log.info(event.stopped ? `stopped after step ${event.step}` : `finished after step ${event.step}`);
    default:
      return logChange(log, event);
  }
}

type Told = 'generation' | 'started' | 'step' | 'saved' | 'saveFailed' | 'notice' | 'failed' | 'finished';

/** Workers come and go, and people want something of the run. */
function logChange(log: Logger, event: Exclude<RunEvent, { kind: Told }>): void {
  switch (event.kind) {
    case 'joined': {
      const { worker, host, pid, device } = event;
      return log.with({ worker }).info(`worker ${worker} joined`, { host, pid, device });
    }
    case 'leaving':
      return log.with({ worker: event.worker }).info(`worker ${event.worker} was told to leave`);
    case 'left':
      return log.with({ worker: event.worker }).warn(`worker ${event.worker} is gone`, { reason: event.reason });
    case 'paused':
      return log.info(`paused after step ${event.step}`);
    case 'resumed':
      return log.info(`going on after step ${event.step}, after a pause`);
    case 'scaled':
      return log.info(`the run is to have ${event.workers} worker(s)`);
  }
}
