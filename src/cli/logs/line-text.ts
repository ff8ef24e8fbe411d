/** A line of a run's log for people. Whoever wrote it, it stays a line, and does nothing to a terminal. */
import pc from 'picocolors';
import type { LogLine } from '../../coordinator/logs/log-filter.js';
import { printable } from '../../core/printable.js';
import { answerColours } from '../terminal.js';

type Colours = ReturnType<typeof pc.createColors>;

const LEVEL_COLOURS = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' } as const;

/** For a file. */
export function plainLine(line: LogLine): string {
  return describeLine(line, pc.createColors(false));
}

/** `2026-03-14 15:09:26 warn  worker 1 (rank 0, step 12): text  key=value`. */
export function describeLine(
  { time, level, name, message, rank, step, ...rest }: LogLine,
  colours: Colours = answerColours,
): string {
  const { run: _run, worker: _worker, generation: _generation, ...fields } = rest;
  const place = [...(rank === undefined ? [] : [`rank ${rank}`]), ...(step === undefined ? [] : [`step ${step}`])];
  const clock = printable(time.slice(0, 19).replace('T', ' '));
  const who = colours.cyan(printable(name));
  const where = place.length === 0 ? '' : colours.dim(` (${printable(place.join(', '))})`);
  const pairs = Object.entries(fields).map(([key, value]) => ` ${printable(key)}=${printable(String(value))}`);
  const tail = colours.dim(pairs.join(''));
  const shown = colours[LEVEL_COLOURS[level]](level.padEnd(5));
  return `${colours.dim(clock)} ${shown} ${who}${where}: ${printable(message)}${tail}`;
}
