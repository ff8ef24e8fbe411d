/** What an output directory has to say about its run: files of known names, of long ones the end. Nothing else is read. */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchivedText } from './archive.js';

/** Never: `token`. */
const WHOLE = ['config.yaml', 'run.json', 'coordinator.json'];
const ENDS = ['metrics.jsonl', 'events.jsonl', 'ranks.jsonl', 'logs.jsonl', 'logs.1.jsonl'];

const MOST_LINES = 1_000;
const MOST_BYTES = 4 << 20;

export interface FoundFiles {
  texts: ArchivedText[];
  /** By name, why it could not be had. */
  missing: Record<string, string>;
}

export async function runFiles(out: string): Promise<FoundFiles> {
  const found: FoundFiles = { texts: [], missing: {} };
  for (const name of [...WHOLE, ...ENDS]) {
    try {
      const text = await endOf(join(out, name), ENDS.includes(name) ? MOST_LINES : Infinity);
      found.texts.push({ name, text });
    } catch (error) {
      // There is none before a log is long.
      if (name !== 'logs.1.jsonl') found.missing[name] = (error as NodeJS.ErrnoException).code ?? String(error);
    }
  }
  found.texts.push({ name: 'files.txt', text: await listing(out) });
  return found;
}

/** A link is not followed: it may lead to what must not be read. */
async function endOf(path: string, lines: number): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const text = await readEnd(file);
    return text
      .split('\n')
      .slice(-lines - 1)
      .join('\n');
  } finally {
    await file.close();
  }
}

async function readEnd(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const length = Math.min(size, MOST_BYTES);
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, size - length);
  const text = buffer.subarray(0, bytesRead).toString();
  // The first line is half of one.
  return length < size ? text.slice(text.indexOf('\n') + 1) : text;
}

/** Names, sizes and times: what there is, not what is in it. */
async function listing(out: string): Promise<string> {
  const entries = await readdir(out, { recursive: true }).catch(() => []);
  const lines = await Promise.all(
    entries
      .sort()
      .slice(0, MOST_LINES)
      .map((name) => describe(out, name)),
  );
  return `${lines.join('\n')}\n`;
}

async function describe(out: string, name: string): Promise<string> {
  const { size, mtime } = await stat(join(out, name)).catch(() => ({ size: 0, mtime: new Date(0) }));
  return `${mtime.toISOString()} ${String(size).padStart(14)} ${JSON.stringify(name)}`;
}
