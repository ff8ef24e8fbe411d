// Output directories as runs leave them, in the format of each file.
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const TOKEN = 'a-token-for-the-tests-of-the-dashboard';

export interface Written {
  out: string;
  write(name: string, text: string): void;
  append(name: string, ...lines: object[]): void;
  remove(): void;
}

/** A directory below a temporary one, or that one itself where it has no name. */
export function writtenRun(name = 'run'): Written {
  const folder = mkdtempSync(join(tmpdir(), 'mlip-dashboard-'));
  const out = join(folder, name);
  const at = (file: string): string => {
    mkdirSync(dirname(join(out, file)), { recursive: true });
    return join(out, file);
  };
  return {
    out,
    write: (file, text) => writeFileSync(at(file), text),
    append: (file, ...lines) => appendFileSync(at(file), lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A line of metrics.jsonl. */
export function metricsLine(step: number, more: Record<string, number | null> = {}): Record<string, number | null> {
  return {
    ...{ step, epoch: 0, loss: 10 / Math.sqrt(step), lr: 0.001, grad_norm: 1, world: 2, generation: 1 },
    ...{ pairs_per_second: 64, data_wait: 0.01, comm_wait: 0.1 },
    ...more,
  };
}

export function metricsLines(from: number, to: number): Record<string, number | null>[] {
  return Array.from({ length: to - from + 1 }, (_, index) => metricsLine(from + index));
}
