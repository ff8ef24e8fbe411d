// Memory of a worker grows with the micro-batch, not with the batch: what lies between forward and backward is kept for
// one micro-batch at a time.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mlip } from '../cli/run-cli.js';
import { metrics, smallRun, until, workersOf, type SmallRun } from '../cli/small-run.js';

/** Embedding a micro-batch of 8 leaves some 25 MB for its backward pass; 16 of them would leave 400 MB. */
const SETTINGS = [
  ...['microBatchSize=8', 'data.resize=64', 'data.maxPieces=64'],
  ...['model.vision.imageSize=64', 'model.vision.width=64', 'model.vision.layers=3', 'model.vision.mlpWidth=256'],
  ...['model.text.maxPositions=64', 'model.text.width=64', 'model.text.layers=3', 'model.text.mlpWidth=256'],
].flatMap((setting) => ['--set', setting]);
const ALLOWED_MB = 64;

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun(136);
});
afterAll(() => small.remove());

it('a batch of 128 takes as much memory as a batch of 16, in micro-batches of 8', async () => {
  const [few, many] = [await peakMb(16), await peakMb(128)];
  expect(many - few).toBeLessThan(ALLOWED_MB);
}, 120_000);

/** Largest resident memory of the one worker of a run, in MB. */
async function peakMb(batchSize: number): Promise<number> {
  const out = small.path(String(batchSize));
  const settings = ['--set', `batchSize=${batchSize}`, ...SETTINGS];
  const ending = mlip(small.train(String(batchSize), '--steps', '3', ...settings));
  let peak = 0;
  await until(() => workersOf(out).length === 1);
  const [{ pid }] = workersOf(out);
  await until(() => {
    peak = highWaterMb(pid) ?? peak;
    return highWaterMb(pid) === undefined;
  });
  const { status, stderr } = await ending;
  expect(status, stderr).toBe(0);
  expect(metrics(out)).toHaveLength(3);
  expect(peak).toBeGreaterThan(100);
  return peak;
}

/** What Linux counts as the peak of a process; undefined when it is gone. */
function highWaterMb(pid: number): number | undefined {
  try {
    const [, kb] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kb === undefined ? undefined : Number(kb) / 1024;
  } catch {
    return undefined;
  }
}
