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
async function disturb(
  out: string,
  deed: (run: RunJson, launcher: ChildProcess) => void,
  ...more: string[]
): Promise<Ended> {
  let launcher: ChildProcess | undefined;
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
  it.each([
    ['SIGINT', 130, 'MLIP_E_INTERRUPTED: interrupted; the state is saved'],
    ['SIGTERM', 75, 'MLIP_E_PREEMPTED: told to go; the state is saved'],
  ] as const)('once (%s) writes a checkpoint from which the run goes on', async (signal, status, error) => {
    const { result, run, seconds } = await disturb(signal, (_, launcher) => launcher.kill(signal));
    expect(lastError(result.stderr)).toContain(error);
    expect(lastError(result.stderr)).toContain(`mlip train --resume --out ${small.path(signal)}`);
    expect([result.status, result.stdout]).toEqual([status, '']);
    expect(existsSync(/where: {2}(.*)/.exec(lastError(result.stderr))![1])).toBe(true);
    expect(survivors(run)).toEqual([]);
    expect(seconds).toBeLessThan(15);
  });

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

describe('a process that is killed and not started again', () => {
  it.each([
    ['worker', 'MLIP_E_WORKER_LOST: worker 0 was ended by SIGKILL', ({ workers }: RunJson) => workers[0].pid],
    ['coordinator', 'MLIP_E_COORDINATOR_LOST: coordinator was ended by SIGKILL', (run: RunJson) => run.coordinator.pid],
  ])('(the only %s) is named with its signal, and no process is left behind', async (name, cause, pidOf) => {
    const options = ['--workers', '1', '--max-restarts', '0', '--set', 'checkpoint.everySteps=2'];
    const { result, run } = await disturb(name, (info) => process.kill(pidOf(info), 'SIGKILL'), ...options);
    expect(lastError(result.stderr)).toContain(cause);
    expect([result.status, result.stdout]).toEqual([5, '']);
    await until(() => survivors(run).length === 0);
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
