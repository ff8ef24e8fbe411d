// `npm run bench`, as far as it goes without installing PyTorch.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runChild } from '../../bench/child.js';
import { pythonWithPeers } from '../../bench/python.js';
import { packageRoot } from '../../src/core/package-root.js';

const bench = (...args: string[]) =>
  spawnSync(process.execPath, [join(packageRoot, 'dist', 'bench', 'main.js'), ...args], { encoding: 'utf8' });

describe('the command line', () => {
  it('suggests the nearest name for an unknown benchmark', () => {
    const { status, stdout, stderr } = bench('steps', '--json');
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('MLIP_E_USAGE: there is no benchmark steps');
    expect(stderr).toContain('Did you mean step?');
  });

  it.each([[[]], [['step', '--rounds', '0']], [['step', '--threads', 'two']], [['step', '--fast']]])(
    'refuses %j',
    (args) => {
      const { status, stdout, stderr } = bench(...args);
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^error: /);
    },
  );

  it('lists the benchmarks in its help', () => {
    const { status, stdout } = bench('--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(/step {2}forward and backward pass/);
  });
});

describe('the environment to compare with', () => {
  let folder: string;
  const before = { ...process.env };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mlip-bench-test-'));
    process.env['MLIP_CACHE_DIR'] = join(folder, 'cache');
    process.env['PATH'] = folder;
  });
  afterEach(() => {
    process.env = { ...before };
    rmSync(folder, { recursive: true });
  });

  it('asks for Python where there is none', () => {
    expect(() => pythonWithPeers(() => undefined)).toThrow(
      expect.objectContaining({ code: 'MLIP_E_BENCH_PEER', remedy: expect.stringMatching(/Install Python/) as string }),
    );
  });

  it('says what failed, and leaves nothing behind that could be taken for an installation', () => {
    const python = join(folder, 'python3');
    writeFileSync(
      python,
      '#!/bin/sh\n[ "$1" = -c ] && echo 3.11 || { echo ensurepip is not available >&2; exit 1; }\n',
    );
    chmodSync(python, 0o755);
    expect(() => pythonWithPeers(() => undefined)).toThrow(/ensurepip is not available/);
    expect(readdirSync(join(folder, 'cache'))).toEqual([]);
  });
});

describe('a measured process', () => {
  it('reports on its last line, with the thread count in its environment', async () => {
    const code = 'console.log("warming up"); console.log(JSON.stringify({ n: process.env.OMP_NUM_THREADS }))';
    await expect(runChild(process.execPath, ['-e', code], 3)).resolves.toEqual({ n: '3' });
  });

  it('that fails is an error with what it said', async () => {
    const failing = runChild(process.execPath, ['-e', 'console.error("out of memory"); process.exit(7)'], 1);
    await expect(failing).rejects.toThrow(/ended with 7\nout of memory/);
  });

  it('that says nothing is an error', async () => {
    await expect(runChild(process.execPath, ['-e', ''], 1)).rejects.toThrow(/ended without a report/);
  });

  it('that is killed is an error', async () => {
    const killed = runChild(process.execPath, ['-e', 'process.kill(process.pid, "SIGKILL")'], 1);
    await expect(killed).rejects.toThrow(/ended with SIGKILL/);
  });
});
