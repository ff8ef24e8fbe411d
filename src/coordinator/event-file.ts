/** OUT/events.jsonl: what has happened in the run, but for its steps, which metrics.jsonl has. Only ever appended to. */
import { appendFileSync, closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredEvent } from './stored-event.js';

export const EVENTS_FILE = 'events.jsonl';

/** Appends to the file in that directory; a last line that a crash cut short stays a line of its own. */
export function openEventFile(out: string): (event: StoredEvent) => void {
  const path = join(out, EVENTS_FILE);
  let gap = endsWithinLine(path) ? '\n' : '';
  return (event) => {
    const line = `${gap}${JSON.stringify(event)}\n`;
    // Until it is written: a full disk may take a part of it.
    gap = '\n';
    appendFileSync(path, line);
    gap = '';
  };
}

function endsWithinLine(path: string): boolean {
  if (!existsSync(path)) return false;
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
  } finally {
    closeSync(file);
  }
}
