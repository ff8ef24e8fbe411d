// Parts of a run that hang, and a directory that cannot be written: what is named is the cause, nothing is left running.
import type { ChildProcess } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlip, type CliResult } from '../cli/run-cli.js';
import { isAlive, metrics, pidsOf, smallRun, until, untilStep, type RunJson, type SmallRun } from '../cli/small-run.js';

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

describe('a coordinator that hangs', () => {
  it('is given up by its workers, killed and started again; the run goes on', async () => {
    let launcher: ChildProcess | undefined;
    const ending = mlip(small.train('frozen', ...ENDLESS), { onStart: (child) => (launcher = child) });
    const { coordinator } = await untilStep(small.path('frozen'), 3);
    process.kill(coordinator.pid, 'SIGSTOP');
    await until(() => !isAlive(coordinator.pid), 60_000);
    const { length } = metrics(small.path('frozen'));
    await until(() => metrics(small.path('frozen')).length > length + 3, 60_000);
    launcher!.kill('SIGINT');
    const { status, stderr } = await ending;
    expect(stderr).toContain('coordinator did not react any more and was killed; it is started again');
    expect(status).toBe(130);
  }, 150_000);
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
});
