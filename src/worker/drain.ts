/**
 * A worker that is told to go asks to be let off at the end of the step. Whoever sends SIGTERM kills it after a while, so that it does not
 * wait for ever; its coordinator has time.
 */
import type { Logger } from '../core/log.js';
import type { Session } from './session.js';

/** Of the grace period: the rest is for saving and for ending the process. */
const SHARE_FOR_THE_STEP = 0.5;

/** Returns what calls it off, once the worker has come to an end by itself. */
export function leaveOn(signal: AbortSignal | undefined, session: Session, log: Logger): () => void {
  let timer: NodeJS.Timeout | undefined;
  const { graceMs } = session.config.elastic;
  const leave = (): void => {
    log.info('told to go: asking to be let off');
    session.leave();
    timer = setTimeout(() => {
      log.warn('not let off in time: abandoning the step');
      session.abandon();
    }, graceMs * SHARE_FOR_THE_STEP);
  };
  session.onAbort(() => clearTimeout(timer));
  session.onDrain(() => {
    log.info('the coordinator wants this worker to go: asking to be let off');
    session.leave();
  });
  if (signal?.aborted === true) leave();
  else signal?.addEventListener('abort', leave, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
  };
}
