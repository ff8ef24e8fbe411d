// A run that ends before its time and is continued computes what an uninterrupted one computes (design.md, invariants 2
// and 3), however it ended.
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlip, type CliResult } from '../cli/run-cli.js';
import { isAlive, pidsOf, smallRun, until, untilStep, type RunJson, type SmallRun } from '../cli/small-run.js';
import { computedSteps, savedBytes } from './outcome.js';

/** Enough for a run to be met in its middle. */
const STEPS = 100;
const SETTINGS = ['microBatchSize=2', 'data.resize=40', 'model.vision.dropout=0.1', 'checkpoint.everySteps=40'];

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
  const { status, stderr } = await mlip(train('whole'));
  expect(status, stderr).toBe(0);
});
afterAll(() => small.remove());

function train(out: string): string[] {
  const settings = SETTINGS.flatMap((setting) => ['--set', setting]);
  return small.train(out, '--steps', String(STEPS), '--workers', '2', ...settings, '--json');
}

interface Ending {
  name: string;
  deed: (run: RunJson, launcher: ChildProcess) => void;
  status: number | null;
  /** In the last error that the launcher prints; it has none where it was killed itself. */
  cause: string | null;
  /** Workers of the continued run. */
  workers: number;
}

describe('a run of two workers, continued, has the bits of an uninterrupted one', () => {
  it.each<Ending>([
    {
      name: 'after Ctrl-C',
      deed: (_, launcher) => launcher.kill('SIGINT'),
      ...{ status: 130, cause: 'error MLIP_E_INTERRUPTED: interrupted; the state is saved', workers: 2 },
    },
    {
      name: 'after the launcher was killed',
      deed: (_, launcher) => launcher.kill('SIGKILL'),
      ...{ status: null, cause: null, workers: 3 },
    },
  ])(
    '$name',
    async ({ name, deed, status, cause, workers }) => {
      const out = small.path(name);
      const ended = await endEarly(name, deed);
      expect(ended.status).toBe(status);
      if (cause !== null) expect(lastError(ended)).toContain(cause);
      if (cause !== null) expect(lastError(ended)).toContain(`mlip train --resume --out "${out}"`);

      const resumed = await mlip(['train', '--resume', '--out', out, '--workers', String(workers), '--json']);
      expect(resumed.status, resumed.stderr).toBe(0);
      const from = Number(/training from step (\d+) to 100/.exec(resumed.stderr)![1]);
      expect(from).toBeGreaterThanOrEqual(3);
      expect(from).toBeLessThan(STEPS);
      expect(JSON.parse(resumed.stdout)).toMatchObject({ steps: STEPS, world: workers });
      expect(computedSteps(out)).toEqual(computedSteps(small.path('whole')));
      expect(savedBytes(out, STEPS)).toEqual(savedBytes(small.path('whole'), STEPS));
    },
    120_000,
  );
});

/** Ends a run after its third step; resolves when no process of it is left. */
async function endEarly(out: string, deed: Ending['deed']): Promise<CliResult> {
  let launcher: ChildProcess | undefined;
  const ending = mlip(train(out), { onStart: (child) => (launcher = child) });
  const run = await untilStep(small.path(out), 3);
  deed(run, launcher!);
  const result = await ending;
  await until(() => !pidsOf(run).some(isAlive));
  return result;
}

function lastError({ stderr }: CliResult): string {
  return stderr.slice(stderr.lastIndexOf('error MLIP_E_'));
}
