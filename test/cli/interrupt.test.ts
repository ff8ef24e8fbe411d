// How a launched run ends before its time: Ctrl-C, and the death of each of its processes.
import { existsSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlip, type CliResult } from './run-cli.js';
import { isAlive, pidsOf, smallRun, until, untilStep, type RunJson, type SmallRun } from './small-run.js';

/** More steps than a test lasts. */
const ENDLESS = ['--steps', '100000', '--workers', '2', '--json'];

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
});
afterAll(() => small.remove());

interface Ended {
  result: CliResult;
  run: RunJson;
  /** From the deed to the end of the launcher. */
  seconds: number;
}

/** Starts a run, does something to it after its third step, and waits for the launcher to end. */
async function disturb(out: string, deed: (run: RunJson, launcher: ChildProcess) => void, set = ''): Promise<Ended> {
  let launcher: ChildProcess | undefined;
  const more = set === '' ? [] : ['--set', set];
  const ending = mlip(small.train(out, ...ENDLESS, ...more), { onStart: (child) => (launcher = child) });
  const run = await untilStep(small.path(out), 3);
  const since = Date.now();
  deed(run, launcher!);
  const result = await ending;
  return { result, run, seconds: (Date.now() - since) / 1000 };
}

const lastError = (stderr: string): string => stderr.slice(stderr.lastIndexOf('error MLIP_E_'));
const survivors = (run: RunJson): number[] => pidsOf(run).filter(isAlive);

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'once (%s) writes a checkpoint from which the run goes on',
    async (signal) => {
      const { result, run, seconds } = await disturb(signal, (_, launcher) => launcher.kill(signal));
      expect(lastError(result.stderr)).toContain('MLIP_E_INTERRUPTED: interrupted; the state is saved');
      expect(lastError(result.stderr)).toContain(`mlip train --resume --out ${small.path(signal)}`);
      expect([result.status, result.stdout]).toEqual([130, '']);
      expect(existsSync(/where: {2}(.*)/.exec(lastError(result.stderr))![1])).toBe(true);
      expect(survivors(run)).toEqual([]);
      expect(seconds).toBeLessThan(15);
    },
  );

  it('twice ends at once and leaves no process behind', async () => {
    const { result, run, seconds } = await disturb('twice', (_, launcher) => {
      launcher.kill('SIGINT');
      launcher.kill('SIGTERM');
    });
    expect([result.status, result.stdout]).toEqual([130, '']);
    expect(seconds).toBeLessThan(5);
    await until(() => survivors(run).length === 0);
  });

  it('before the start ends without a checkpoint', async () => {
    const result = await mlip(small.train('early', ...ENDLESS), {
      onStart: (launcher) => void until(() => existsSync(small.path('early'))).then(() => launcher.kill('SIGINT')),
    });
    expect(lastError(result.stderr)).toContain('MLIP_E_INTERRUPTED: interrupted before there was anything to save');
    expect(result.status).toBe(130);
    expect(existsSync(small.path('early', 'checkpoints'))).toBe(false);
  });
});

describe('a process that is killed', () => {
  it('names the worker and the signal as the first cause, saves and leaves no process behind', async () => {
    const { result, run } = await disturb('worker', ({ workers }) => process.kill(workers[1].pid, 'SIGKILL'));
    const error = lastError(result.stderr);
    expect(error).toContain('MLIP_E_WORKER_LOST');
    expect(error).toContain('rank 1 was ended by SIGKILL');
    expect(error).toContain('--resume');
    expect([result.status, result.stdout]).toEqual([5, '']);
    expect(existsSync(small.path('worker', 'checkpoints'))).toBe(true);
    expect(survivors(run)).toEqual([]);
  });

  it('does not hurry a survivor that takes long to save', async () => {
    const { result } = await disturb(
      'slow',
      ({ workers }) => {
        process.kill(workers[0].pid, 'SIGSTOP');
        process.kill(workers[1].pid, 'SIGKILL');
        setTimeout(() => process.kill(workers[0].pid, 'SIGCONT'), 7_000);
      },
      'timeouts.heartbeatMs=20000',
    );
    expect(lastError(result.stderr)).toContain('rank 1 was ended by SIGKILL');
    expect(existsSync(small.path('slow', 'checkpoints'))).toBe(true);
  });

  it('names the coordinator and the signal, while a worker saves', async () => {
    const { result, run } = await disturb('coordinator', ({ coordinator }) => process.kill(coordinator.pid, 'SIGKILL'));
    const error = lastError(result.stderr);
    expect(error).toContain('MLIP_E_COORDINATOR_LOST: coordinator was ended by SIGKILL');
    expect(error).toContain('--resume');
    expect([result.status, result.stdout]).toEqual([5, '']);
    expect(existsSync(small.path('coordinator', 'checkpoints'))).toBe(true);
    expect(survivors(run)).toEqual([]);
  });

  it('ends everything when it is the launcher, with a checkpoint', async () => {
    const { run } = await disturb('launcher', (_, launcher) => launcher.kill('SIGKILL'));
    await until(() => survivors(run).length === 0);
    expect(existsSync(small.path('launcher', 'checkpoints'))).toBe(true);
  });
});

it('a directory in which a run is under way is refused to another', async () => {
  let second: CliResult | undefined;
  const { result } = await disturb('locked', (_, launcher) => {
    void mlip(small.train('locked', ...ENDLESS)).then((refused) => {
      second = refused;
      launcher.kill('SIGINT');
    });
  });
  expect(lastError(second!.stderr)).toContain('MLIP_E_OUT_LOCKED');
  expect(second!.status).toBe(4);
  expect(result.status).toBe(130);
});
