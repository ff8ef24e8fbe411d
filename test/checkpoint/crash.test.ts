import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listCheckpoints } from '../../src/checkpoint/checkpoint-directory.js';
import { loadCheckpoint, saveCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { KEEP_ALL } from '../../src/checkpoint/retention.js';
import { sampleCheckpoint } from './samples.js';
import { temporaryDirectory } from './temporary.js';

const out = temporaryDirectory();
const scriptOf = (name: string): string => join(import.meta.dirname, name);
const SCRIPTS = ['save-forever.js', 'save-in-background.js'];

/** Lets a process save, and kills it `delayMs` after it has done so once. Returns the last step that it reported. */
async function saveAndDie(first: number, stride: number, delayMs: number, script = SCRIPTS[0]): Promise<number> {
  const saver = fork(scriptOf(script), [out(), String(first), String(stride)]);
  let last = 0;
  saver.on('message', (step: number) => (last = step));
  await once(saver, 'message');
  await new Promise((go) => setTimeout(go, delayMs));
  saver.kill('SIGKILL');
  await once(saver, 'exit');
  return last;
}

async function expectWhole(): Promise<number[]> {
  const checkpoints = await listCheckpoints(out());
  for (const { step, path } of checkpoints) {
    const { state, model, optimizer, files } = await loadCheckpoint(path);
    expect(state.step).toBe(step);
    expect(model.get('weight')!.data.every((value) => value === step)).toBe(true);
    expect(optimizer.get('weight')!.data.every((value) => value === -step)).toBe(true);
    expect(files['vocab.txt']).toBe(String(step));
  }
  return checkpoints.map(({ step }) => step);
}

it.each(SCRIPTS)(
  'whenever a process is killed while it saves, what remains is whole, and what it reported is there: %s',
  async (script) => {
    let step = 0;
    for (let round = 0; round < 12; round++) {
      const reported = await saveAndDie(step + 1, 1, round * 3, script);
      const steps = await expectWhole();
      expect(steps[0]).toBeGreaterThanOrEqual(reported);
      expect(steps.length).toBeLessThanOrEqual(4);
      step = steps[0];
    }
  },
);

it('a checkpoint that is saved again and again is there after any crash', async () => {
  for (let round = 0; round < 12; round++) {
    await saveAndDie(7, 0, round * 3);
    expect(await expectWhole()).toEqual([7]);
  }
});

it('two processes that save the same step at the same time do each other no harm', async () => {
  const savers = SCRIPTS.map((script) => fork(scriptOf(script), [out(), '7', '0']));
  const counts = savers.map(() => 0);
  savers.forEach((saver, index) => saver.on('message', () => counts[index]++));
  const ends = savers.map((saver) => once(saver, 'exit') as Promise<[number | null, string | null]>);
  while (Math.min(...counts) < 20) await new Promise((go) => setTimeout(go, 20));
  savers.forEach((saver) => saver.kill('SIGKILL'));
  for (const end of ends) expect(await end).toEqual([null, 'SIGKILL']);
  expect(await expectWhole()).toEqual([7]);
});

it('the next save clears away what crashes left', async () => {
  for (let round = 0; round < 5; round++) await saveAndDie(1, 1, 5 + round);
  await saveCheckpoint(out(), sampleCheckpoint(10_000), { policy: { ...KEEP_ALL, keep: 3 } });
  for (const name of readdirSync(join(out(), 'checkpoints'))) expect(name).toMatch(/^step-\d+$/);
});
