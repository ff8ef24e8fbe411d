/** An event of a run as a line for people. */

import { printable } from '../../core/printable.js';

/** What a coordinator keeps: an event of a run, with the run's id and the time. Another version may have other kinds. */
export interface KeptEvent {
  run: string;
  time: string;
  kind: string;
  [detail: string]: unknown;
}

/** `2026-03-14 15:09:26  20260314-150926-a1b2c3  joined  worker=0 host=10.0.0.6`. */
export function describeEvent({ run, time, kind, ...details }: KeptEvent): string {
  const clock = time.slice(0, 19).replace('T', ' ');
  const named = Object.entries(flat(details)).map(([name, value]) => `${name}=${String(value)}`);
  return [clock, run, kind, ...named].map(printable).join('  ');
}

/** What an event holds, without a level of its own for the line of a step or for a failure. */
function flat(details: Record<string, unknown>): Record<string, unknown> {
  const { line, failure, ...others } = details as { line?: object; failure?: object };
  return { ...others, ...line, ...failure };
}
