// The comparison of a disturbed run with a quiet one finds what is not the same.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { compareLines } from '../../bench/chaos/compare-lines.js';
import { compareStates } from '../../bench/chaos/compare-states.js';
import { writeSafetensors } from '../../src/safetensors/safetensors.js';

const line = (step: number, more: Record<string, number> = {}) => {
  return {
    step,
    epoch: 0,
    loss: 2 / step,
    loss_global: 2 / step,
    lr: 0.1,
    grad_norm: 3,
    world: 3,
    generation: 1,
    ...more,
  };
};
const QUIET = [1, 2, 3, 4].map((step) => line(step));
const changed = (step: number, more: Record<string, number>) => {
  return QUIET.map((quiet) => (quiet.step === step ? { ...quiet, ...more } : quiet));
};

describe('steps of a disturbed run', () => {
  it('are the same where only those who took part differ', () => {
    const disturbed = QUIET.map((quiet) => ({ ...quiet, world: 1, generation: 7, data_wait: 0.5 }));
    expect(compareLines(QUIET, disturbed)).toEqual({ problems: [], worst: { difference: 0, where: '' } });
  });

  it('may differ by a rounding, which is told', () => {
    const { problems, worst } = compareLines(QUIET, changed(2, { loss: 1 + 1e-6 }));
    expect(problems).toEqual([]);
    expect(worst.difference).toBeCloseTo(1e-6, 8);
    expect(worst.where).toContain('loss of step 2');
  });

  it.each([
    { what: 'a loss', disturbed: changed(3, { loss_global: 0.66668 }), problem: 'loss_global of step 3' },
    { what: 'a norm that is none', disturbed: changed(1, { grad_norm: NaN }), problem: 'grad_norm of step 1' },
    { what: 'a step that was skipped', disturbed: changed(4, { skipped: 1 }), problem: 'skipped of step 4' },
    { what: 'a step that is missing', disturbed: QUIET.filter(({ step }) => step !== 2), problem: 'missing [2]' },
    { what: 'a step that is there twice', disturbed: [...QUIET, line(4)], problem: 'repeated [4]' },
    {
      what: 'steps out of order',
      disturbed: [QUIET[1], QUIET[0], ...QUIET.slice(2)],
      problem: '4 steps in place of 4',
    },
  ])('$what is found', ({ disturbed, problem }) => {
    expect(compareLines(QUIET, disturbed).problems.join()).toContain(problem);
  });
});

describe('final states', () => {
  const folders: string[] = [];
  afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

  async function stateOf(step: number, weights: number[], moments = [1, 2]): Promise<string> {
    const out = mkdtempSync(join(tmpdir(), 'mlip-compare-'));
    folders.push(out);
    const checkpoint = join(out, 'checkpoints', `step-${step}`);
    mkdirSync(checkpoint, { recursive: true });
    for (const [name, data] of Object.entries({ model: weights, optimizer: moments })) {
      const tensors = new Map([['a', { shape: [data.length], data: Float32Array.from(data) }]]);
      await writeSafetensors(join(checkpoint, `${name}.safetensors`), tensors);
    }
    return out;
  }

  it('are the same bits, or differ by roundings, or too much', async () => {
    const quiet = await stateOf(4, [100, 0.5]);
    expect(await compareStates(quiet, await stateOf(4, [100, 0.5]))).toEqual({ problems: [], same: true });
    expect(await compareStates(quiet, await stateOf(4, [100, 0.501]))).toEqual({ problems: [], same: false });
    expect((await compareStates(quiet, await stateOf(4, [100, 0.6]))).problems.join()).toContain('a of the last');
    expect((await compareStates(quiet, await stateOf(4, [100, 0.5], [1, 3]))).problems).toHaveLength(1);
  });

  it('of another step, of another size, or with a number that is none, differ', async () => {
    const quiet = await stateOf(4, [1, 2]);
    expect((await compareStates(quiet, await stateOf(3, [1, 2]))).problems.join()).toContain('of step 3, not 4');
    expect((await compareStates(quiet, await stateOf(4, [1, 2, 3]))).problems).toHaveLength(1);
    expect((await compareStates(quiet, await stateOf(4, [1, NaN]))).problems).toHaveLength(1);
  });
});
