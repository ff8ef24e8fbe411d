// The worker count changes nothing (design.md, invariant 1), from the command line to the weights on disk.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSafetensors } from '../../src/safetensors/safetensors.js';
import type { HostTensors } from '../../src/core/host-tensor.js';
import { mlip } from '../cli/run-cli.js';
import { smallRun, type SmallRun } from '../cli/small-run.js';
import { checkpointFile, losses, savedBytes } from './outcome.js';

const STEPS = 20;
// 15 micro-batches, as XLA compiles them, with dropout in both encoders and random crops. Five workers have three each;
// two and four cannot share them evenly. Threads are left to the launcher: they depend on the number of workers.
const SETTINGS = [
  ...['batchSize=30', 'microBatchSize=2', 'data.resize=40', 'model.vision.dropout=0.1', 'model.text.dropout=0.1'],
  ...['engine.compiler=auto', 'engine.threads=0'],
].flatMap((setting) => ['--set', setting]);

let small: SmallRun;
const outOf = (world: number): string => small.path(String(world));

async function train(world: number): Promise<void> {
  const options = ['--steps', String(STEPS), '--workers', String(world), '--json'];
  const { status, stderr } = await mlip(small.train(String(world), ...options, ...SETTINGS));
  expect(status, stderr).toBe(0);
}

beforeAll(async () => {
  small = await smallRun(96);
  await train(1);
});
afterAll(() => small.remove());

it('the losses of one worker move, so that a difference would show', () => {
  expect(new Set(losses(outOf(1))).size).toBe(STEPS);
});

it.each([2, 3, 4, 5])(
  '%i workers compute the losses of one worker at every step, and its weights',
  async (world) => {
    await train(world);
    expect(losses(outOf(world))).toHaveLength(STEPS);
    losses(outOf(1)).forEach((loss, index) => {
      expect(Math.abs(losses(outOf(world))[index] / loss - 1), `step ${index + 1}`).toBeLessThanOrEqual(1e-5);
    });
    const [found, expected] = [await weights(outOf(world)), await weights(outOf(1))];
    for (const [name, { data }] of expected) expect(distance(found.get(name)!.data, data), name).toBeLessThan(1e-5);
    // In fact they agree to the last bit, as docs/adr/0008 explains.
    expect(losses(outOf(world))).toEqual(losses(outOf(1)));
    expect(savedBytes(outOf(world), STEPS)).toEqual(savedBytes(outOf(1), STEPS));
  },
  180_000,
);

async function weights(out: string): Promise<HostTensors> {
  return readSafetensors(checkpointFile(out, STEPS, 'model.safetensors'));
}

/** Largest difference in units of the largest value. */
function distance(a: Float32Array, b: Float32Array): number {
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return b.reduce((most, value, i) => Math.max(most, Math.abs(a[i] - value)), 0) / largest;
}
