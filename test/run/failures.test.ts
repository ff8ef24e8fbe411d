// Parts of a run that hang, and a directory that cannot be written: what is named is the cause, nothing is left running.
import type { ChildProcess } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlip, type CliResult } from '../cli/run-cli.js';
import { isAlive, pidsOf, smallRun, until, untilStep, type RunJson, type SmallRun } from '../cli/small-run.js';

const ENDLESS = ['--steps', '100000', '--workers', '2', '--set', 'timeouts.heartbeatMs=500', '--json'];

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
});
afterAll(() => small.remove());

interface Ended extends CliResult {
  /** The last error on stderr. */
  error: string;
}

/** Starts a run, does something to it after its third step, and waits until nothing of it is left. */
async function disturb(out: string, deed: (run: RunJson, launcher: ChildProcess) => void): Promise<Ended> {
  let launcher: ChildProcess | undefined;
  const ending = mlip(small.train(out, ...ENDLESS), { onStart: (child) => (launcher = child) });
  const run = await untilStep(small.path(out), 3);
  deed(run, launcher!);
  const result = await ending;
  await until(() => !pidsOf(run).some(isAlive));
  expect(result.stdout).toBe('');
  return { ...result, error: result.stderr.slice(result.stderr.lastIndexOf('\nerror MLIP_E_') + 1) };
}

/** From now on the run in `out` can write no checkpoint. */
function blockCheckpoints(out: string): void {
  rmSync(small.path(out, 'checkpoints'), { recursive: true, force: true });
  writeFileSync(small.path(out, 'checkpoints'), '');
}

// Most of their time these runs wait for a deadline, so they can do it together.
describe.concurrent('what hangs is given up and killed, and the run can go on from a checkpoint', () => {
  it('a worker', async () => {
    const { status, error } = await disturb('worker', ({ workers }) => process.kill(workers[1].pid, 'SIGSTOP'));
    expect(error).toMatch(/^error MLIP_E_WORKER_LOST: rank 1 was silent for [\d.]+ s after step \d+; /);
    expect(error).toContain('; rank 1 did not react any more and was killed');
    expect(error).toContain(`mlip train --resume --out ${small.path('worker')}`);
    expect(existsSync(small.path('worker', 'checkpoints'))).toBe(true);
    expect(status).toBe(5);
  });

  it('the coordinator', async () => {
    const { status, error } = await disturb('frozen', ({ coordinator }) => process.kill(coordinator.pid, 'SIGSTOP'));
    expect(error).toContain('error MLIP_E_COORDINATOR_LOST: coordinator did not react any more and was killed');
    expect(error).toContain(`mlip train --resume --out ${small.path('frozen')}`);
    expect(existsSync(small.path('frozen', 'checkpoints'))).toBe(true);
    expect(status).toBe(5);
  });
});

describe('a checkpoint that cannot be written', () => {
  it('is named when Ctrl-C asked for it: nothing is said to be saved', async () => {
    const { status, error } = await disturb('full', (_, launcher) => {
      blockCheckpoints('full');
      launcher.kill('SIGINT');
    });
    expect(error).toContain('error MLIP_E_OUT_WRITE: cannot write the checkpoint of step ');
    expect(error).toContain('Check permissions and free space');
    expect(error).not.toContain('--resume');
    expect(status).toBe(4);
  });

  it('is named by the worker that wanted to save when the coordinator was lost', async () => {
    const { status, stderr, error } = await disturb('both', ({ coordinator }) => {
      blockCheckpoints('both');
      process.kill(coordinator.pid, 'SIGKILL');
    });
    expect(stderr).toMatch(/^\[rank 0\] .* no checkpoint: cannot write the checkpoint of step \d+/m);
    expect(error).toContain('error MLIP_E_COORDINATOR_LOST: coordinator was ended by SIGKILL');
    expect(error).not.toContain('--resume');
    expect(status).toBe(5);
  });
});
