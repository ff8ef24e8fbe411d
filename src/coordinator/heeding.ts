/** What reaches a run from its own process: the time, and the wish that it ends or is left to another process. */
import { watchParent } from '../core/parent.js';
import type { OnCleanup } from './cleanups.js';
import type { Shell } from './shell.js';

export interface Requests {
  /** Started by a launcher with a pipe on stdin: ends when the launcher is gone. */
  supervised: boolean;
  /** Stops the run after the step under way, with a checkpoint. */
  signal?: AbortSignal;
  /** Ends this process with its reason, and leaves the run to the next one: workers keep their state, and look for it. */
  handOver?: AbortSignal;
}

/** A step's messages do not have to wait behind a pulse to every worker. */
const PULSE_TURNS = 8;

/** Ticks several times between two heartbeats; pulses as often as workers do, not to a thousand of them at once. */
export function keepTime(shell: Shell, heartbeatMs: number, onCleanup: OnCleanup): void {
  const ticking = setInterval(() => shell.dispatch({ kind: 'tick' }), Math.max(heartbeatMs / 8, 5));
  let turn = 0;
  const pulsing = setInterval(() => shell.pulse(turn++ % PULSE_TURNS, PULSE_TURNS), heartbeatMs / PULSE_TURNS);
  onCleanup(() => {
    clearInterval(ticking);
    clearInterval(pulsing);
  });
}

export function stopOnRequest({ signal, supervised }: Requests, shell: Shell, onCleanup: OnCleanup): void {
  const stop = (): void => shell.dispatch({ kind: 'stop' });
  if (supervised) onCleanup(watchParent(stop));
  if (signal === undefined) return;
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  onCleanup(() => signal.removeEventListener('abort', stop));
}

/** This process commands no more: it was told to go, or another one leads. */
export function leaveOnRequest(
  { handOver }: Pick<Requests, 'handOver'>,
  lost: AbortSignal,
  shell: Shell,
  onCleanup: OnCleanup,
): void {
  const leave = (): void => shell.stopCommanding(lost.aborted ? lost.reason : handOver?.reason);
  for (const signal of handOver === undefined ? [lost] : [lost, handOver]) {
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave);
    onCleanup(() => signal.removeEventListener('abort', leave));
  }
}
