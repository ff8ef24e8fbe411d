/** The files that hold the log of a run: logs.jsonl, and what it was before, logs.1.jsonl being the newest of those. */
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of earlier lines that are kept. */
const EARLIER = 3;

export function logFile(out: string, age = 0): string {
  return join(out, age === 0 ? 'logs.jsonl' : `logs.${age}.jsonl`);
}

/** Those that there are, the oldest first. */
export function logFiles(out: string): string[] {
  return Array.from({ length: EARLIER + 1 }, (_, age) => logFile(out, EARLIER - age)).filter(existsSync);
}

/** Makes room for a new logs.jsonl; the oldest file goes. */
export async function rotate(out: string): Promise<void> {
  for (let age = EARLIER - 1; age >= 0; age--) {
    if (existsSync(logFile(out, age))) await rename(logFile(out, age), logFile(out, age + 1));
  }
}
