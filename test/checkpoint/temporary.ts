/** A directory of its own for each test, removed afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

export function temporaryDirectory(): () => string {
  let path: string;
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'mlip-checkpoint-'));
  });
  afterEach(() => rmSync(path, { recursive: true }));
  return () => path;
}
