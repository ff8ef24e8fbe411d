// A run that loses a process in its middle computes what an undisturbed one computes, and nobody has to do anything
// (design.md, invariants 1 and 2).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlip } from '../cli/run-cli.js';
import { isAlive, metrics, pidsOf, smallRun, until, untilStep, type RunJson, type SmallRun } from '../cli/small-run.js';
import { computedSteps, savedBytes } from './outcome.js';

/** Enough for a run to be met in its middle. */
const STEPS = 120;
const SETTINGS = [
  ...['microBatchSize=2', 'data.resize=40', 'model.vision.dropout=0.1', 'checkpoint.everySteps=50'],
  ...['timeouts.heartbeatMs=500', 'elastic.rebalanceSteps=10', 'integrity.hashSteps=20'],
];

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
  const { status, stderr } = await mlip(train('quiet', 3));
  expect(status, stderr).toBe(0);
});
afterAll(() => small.remove());

function train(out: string, workers: number, ...more: string[]): string[] {
  const settings = SETTINGS.flatMap((setting) => ['--set', setting]);
  return small.train(out, '--steps', String(STEPS), '--workers', String(workers), ...settings, '--json', ...more);
}

interface Disturbance {
  name: string;
  deed: (run: RunJson) => void;
  /** In what the launcher prints. */
  said: RegExp;
  arguments?: string[];
}

const kill = (pid: number): boolean => process.kill(pid, 'SIGKILL');

describe('a run of three workers has the bits of a quiet one, and its ledger shows each step once', () => {
  it.each<Disturbance>([
    {
      name: 'when a worker is killed and another one takes its place',
      deed: ({ workers }) => kill(workers[0].pid),
      said: /worker 0 was ended by SIGKILL .*it is started again \(1 of 3 restarts\)[^]*worker 3 joined/,
    },
    {
      name: 'when two workers are killed and none is started again',
      deed: ({ workers }) => [kill(workers[0].pid), kill(workers[2].pid)],
      said: /1 worker\(s\) go on after step \d+/,
      arguments: ['--max-restarts', '0'],
    },
    {
      name: 'when a worker freezes',
      deed: ({ workers }) => process.kill(workers[1].pid, 'SIGSTOP'),
      said: /worker 1 was silent for [\d.]+ s[^]*2 worker\(s\) go on after step \d+/,
    },
    {
      name: 'when the coordinator is killed',
      deed: ({ coordinator }) => kill(coordinator.pid),
      said: /coordinator was ended by SIGKILL .*it is started again[^]*3 worker\(s\) go on after step \d+/,
    },
  ])(
    '$name',
    async ({ name, deed, said, arguments: more = [] }) => {
      const out = small.path(name);
      const ending = mlip(train(name, 3, ...more));
      const run = await untilStep(out, 5);
      deed(run);
      const { status, stderr, stdout } = await ending;
      expect(status, stderr).toBe(0);
      expect(stderr).toMatch(said);
      expect(JSON.parse(stdout)).toMatchObject({ steps: STEPS });
      await until(() => !pidsOf(run).some(isAlive));
      expect(computedSteps(out)).toEqual(computedSteps(small.path('quiet')));
      expect(savedBytes(out, STEPS)).toEqual(savedBytes(small.path('quiet'), STEPS));
      const audit = await mlip(['audit', out, '--json']);
      expect(JSON.parse(audit.stdout)).toMatchObject({ steps: STEPS, problemCount: 0, replacedRows: 0 });
      const generations = metrics(out).map((line) => (JSON.parse(line) as { generation: number }).generation);
      expect(Math.max(...generations)).toBeGreaterThan(1);
    },
    180_000,
  );
});
