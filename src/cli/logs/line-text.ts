/** A line of a run's log for people. Whoever wrote it, it stays a line, and does nothing to a terminal. */
import type { LogLine } from '../../coordinator/logs/log-filter.js';
import { printable } from '../../core/printable.js';
import { answerColours } from '../terminal.js';

const LEVEL_COLOURS = {
  debug: answerColours.dim,
  info: answerColours.green,
  warn: answerColours.yellow,
  error: answerColours.red,
} as const;

/** `2026-03-14 15:09:26 warn  worker 1 (rank 0, step 12): text  key=value`. */
export function describeLine({ time, level, name, message, rank, step, ...rest }: LogLine): string {
  const { run: _run, worker: _worker, generation: _generation, ...fields } = rest;
  const place = [...(rank === undefined ? [] : [`rank ${rank}`]), ...(step === undefined ? [] : [`step ${step}`])];
  const clock = printable(time.slice(0, 19).replace('T', ' '));
  const who = answerColours.cyan(printable(name));
  const where = place.length === 0 ? '' : answerColours.dim(` (${printable(place.join(', '))})`);
  const pairs = Object.entries(fields).map(([key, value]) => ` ${printable(key)}=${printable(String(value))}`);
  const tail = answerColours.dim(pairs.join(''));
  const shown = LEVEL_COLOURS[level](level.padEnd(5));
  return `${answerColours.dim(clock)} ${shown} ${who}${where}: ${printable(message)}${tail}`;
}
