// The closing line and the exit status of .ci/run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'mlip-summary-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** @param report what vitest's JSON reporter wrote, or undefined where it did not get that far */
function summarise(report: object | undefined, status: number): { line: string; status: number | null } {
  const path = join(folder, 'vitest.json');
  if (report !== undefined) writeFileSync(path, JSON.stringify(report));
  const { stdout, status: own } = spawnSync(
    process.execPath,
    [join(packageRoot, '.ci', 'summary.js'), path, String(status)],
    { encoding: 'utf8' },
  );
  return { line: stdout.trim(), status: own };
}

const report = (passed: number, failed: number, more: object = {}): object => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...more,
});

it('a run in which everything passed exits 0', () => {
  expect(summarise(report(12, 0), 0)).toEqual({ line: '12 passed, 0 failed', status: 0 });
});

it('skipped tests are counted apart', () => {
  expect(summarise(report(12, 0, { numPendingTests: 2 }), 0).line).toBe('12 passed, 0 failed, 2 skipped');
});

it('a failed test fails the run, whatever the runner exited with', () => {
  expect(summarise(report(11, 1), 0)).toEqual({ line: '11 passed, 1 failed', status: 1 });
});

it('a test file that could not be loaded counts as a failure', () => {
  const testResults = [{ status: 'failed', assertionResults: [] }];
  expect(summarise(report(11, 0, { testResults }), 1)).toEqual({ line: '11 passed, 1 failed', status: 1 });
});

it('an error outside of the tests fails the run although every test passed', () => {
  expect(summarise(report(12, 0), 1)).toEqual({ line: '12 passed, 1 failed', status: 1 });
});

it('a runner that crashed, or a check that failed before it, leaves no report', () => {
  expect(summarise(undefined, 134)).toEqual({ line: '0 passed, 1 failed', status: 134 });
});

it('a run without tests has failed', () => {
  expect(summarise(report(0, 0), 0)).toEqual({ line: '0 passed, 1 failed', status: 1 });
});
