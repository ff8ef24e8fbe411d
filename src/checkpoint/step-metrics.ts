/** What OUT/metrics.jsonl says of a step, for whoever writes the checkpoint of it. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** The line of the newest steps is at the end. */
const TAIL_BYTES = 64 << 10;

/** The numbers of a step's line by column; undefined where there is no such line. */
export async function stepMetrics(out: string, step: number): Promise<Record<string, number> | undefined> {
  const lines = (await tailOf(join(out, 'metrics.jsonl'))).split('\n').reverse();
  for (const line of lines) {
    const found = parse(line);
    if (found?.['step'] !== step) continue;
    return Object.fromEntries(
      Object.entries(found).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    );
  }
  return undefined;
}

async function tailOf(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Undefined for a line that is cut. */
function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
