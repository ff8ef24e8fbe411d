/** A directory of its own for each test or for a whole file, removed afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export function makeDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'mlip-bus-'));
}

export function removeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}

/** Removed when the test is finished. */
export function temporaryDirectory(): string {
  const path = makeDirectory();
  onTestFinished(() => removeDirectory(path));
  return path;
}
