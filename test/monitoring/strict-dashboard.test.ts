// The dashboard as Grafana's own types read it, strictly: a field that they do not know, or miss, is an error.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.js';

const SOURCE = join(packageRoot, 'test', 'monitoring', 'strict-dashboard');
const DASHBOARD = readFileSync(join(packageRoot, 'deploy', 'helm', 'mlip', 'files', 'dashboard.json'), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'mlip-dashboard-'));
const reader = join(folder, 'reader');
let missing = '';
beforeAll(() => {
  const { status, error, stderr } = spawnSync('go', ['build', '-o', reader, '.'], { cwd: SOURCE, encoding: 'utf8' });
  if (status !== 0) missing = error?.message ?? stderr.trim().split('\n').at(-1)!;
  if (missing !== '')
    process.stderr.write(`Grafana's types cannot be had, the dashboard is not read by them: ${missing}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): { status: number | null; stderr: string } {
  return spawnSync(reader, { input: text, encoding: 'utf8' });
}

describe('Grafana’s types', () => {
  it('read the dashboard without a fault', ({ skip }) => {
    if (missing !== '') skip();
    expect(read(DASHBOARD)).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    ['"fieldConfig"', '"fieldsConfig"', 'unexpected field'],
    ['"expr"', '"expression"', 'required field is missing'],
    ['"refresh": "30s"', '"refresh": 30', 'cannot unmarshal'],
    ['"includeAll"', '"includesAll"', 'unexpected field'],
  ])('find it where %s is %s', (right, wrong, fault) => {
    expect(DASHBOARD).toContain(right);
    if (missing !== '') return;
    const { status, stderr } = read(DASHBOARD.replaceAll(right, wrong));
    expect(status).toBe(1);
    expect(stderr).toContain(fault);
  });
});
