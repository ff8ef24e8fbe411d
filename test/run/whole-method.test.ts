// The worker count changes nothing with every loss of the method on, and a resumed run is an uninterrupted one.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mlip } from '../cli/run-cli.js';
import { smallRun, untilStep, type SmallRun } from '../cli/small-run.js';
import { computedSteps, savedBytes } from './outcome.js';

const STEPS = 16;
// Five micro-batches of four: two and three workers cannot share them evenly. Random crops, dropout everywhere. 96 pairs
// are four epochs of four steps: prototypes are frozen at first and then trained, with a queue that fills meanwhile.
const SETTINGS = [
  ...['batchSize=20', 'microBatchSize=4', 'data.resize=40', 'engine.compiler=auto', 'engine.threads=0'],
  ...['model.vision.dropout=0.1', 'model.text.dropout=0.1', 'model.divergence.dropout=0.1', 'model.fusion.dropout=0.1'],
  ...['loss.divergence.enabled=true', 'loss.local.weight=1', 'loss.prototypes.weight=1', 'loss.prototypes.count=30'],
  ...['loss.prototypes.queue=30', 'loss.itm.weight=1', 'loss.ts.weight=1', 'loss.falseNegatives=mask'],
  ...['knowledge.enabled=true', 'knowledge.maxLinks=8', 'model.fusion.layers=2', 'model.fusion.heads=2'],
  ...['model.fusion.mlpWidth=32', 'checkpoint.everySteps=3'],
].flatMap((setting) => ['--set', setting]);

let small: SmallRun;
const outOf = (name: string): string => small.path(name);

async function train(name: string, world: number, ...more: string[]): Promise<void> {
  const options = ['--steps', String(STEPS), '--workers', String(world), '--json'];
  const { status, stderr } = await mlip(small.train(name, ...options, ...SETTINGS, ...more));
  expect(status, stderr).toBe(0);
}

beforeAll(async () => {
  small = await smallRun(96);
  await train('1', 1);
});
afterAll(() => small.remove());

it('every loss has a curve that moves', () => {
  const lines = computedSteps(outOf('1'));
  const names = [
    'loss_global',
    'loss_divergence',
    'loss_local',
    'loss_knowledge',
    'loss_prototype',
    'loss_itm',
    'loss_ts',
  ];
  expect(lines).toHaveLength(STEPS);
  for (const name of names) expect(new Set(lines.map((line) => line[name])).size, name).toBeGreaterThan(STEPS / 2);
});

it.each([2, 3])(
  '%i workers compute every loss of one worker at every step, and its weights, to the bit',
  async (world) => {
    await train(String(world), world);
    expect(computedSteps(outOf(String(world)))).toEqual(computedSteps(outOf('1')));
    expect(savedBytes(outOf(String(world)), STEPS)).toEqual(savedBytes(outOf('1'), STEPS));
  },
  240_000,
);

it('a run whose worker is killed, and that goes on with one fewer, has the bits of a quiet one, queue included', async () => {
  const options = ['--steps', String(STEPS), '--workers', '2', '--max-restarts', '0', '--json', ...SETTINGS];
  const ending = mlip(small.train('killed', ...options));
  const { workers } = await untilStep(outOf('killed'), 7);
  process.kill(workers[1].pid, 'SIGKILL');
  const { status, stderr } = await ending;
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(/1 worker\(s\) go on after step ([4-9]|1\d)/);
  expect(computedSteps(outOf('killed'))).toEqual(computedSteps(outOf('1')));
  expect(savedBytes(outOf('killed'), STEPS)).toEqual(savedBytes(outOf('1'), STEPS));
}, 240_000);
