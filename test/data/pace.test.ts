/** How many images are decoded at a time, and what is said when that is too slow. */
import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../src/data/concurrency.js';
import { decodeThreads, poolSizeFor } from '../../src/data/decode-threads.js';
import { candidatesFor } from '../../src/data/replacement.js';
import { watchStarvation } from '../../src/data/starvation.js';
import { recordingLog } from './corpus.js';

describe('createLimiter', () => {
  it('runs as many tasks at a time as it may, first come first served, failures included', async () => {
    const limit = createLimiter(2);
    const events: string[] = [];
    let running = 0;
    let most = 0;
    const task = (name: number) => async () => {
      most = Math.max(most, (running += 1));
      events.push(`start ${name}`);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (name === 1) throw new Error('failed');
      return name;
    };
    const results = await Promise.allSettled([0, 1, 2, 3, 4].map((name) => limit(task(name))));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(events).toEqual([0, 1, 2, 3, 4].map((name) => `start ${name}`));
    expect(most).toBe(2);
    expect(await limit(async () => 'still works')).toBe('still works');
  });
});

describe('decodeThreads', () => {
  it('takes the cores that there are, and leaves one thread of the pool to others', () => {
    expect(decodeThreads(0, 4, 2)).toBe(2);
    expect(decodeThreads(0, 4, 64)).toBe(3);
    expect(decodeThreads(8, 4, 64)).toBe(3);
    expect(decodeThreads(8, poolSizeFor(8), 64)).toBe(8);
    expect(decodeThreads(0, 1, 1)).toBe(1);
    expect(poolSizeFor(1)).toBe(4);
  });
});

describe('candidatesFor', () => {
  const key = { seed: 1, epoch: 2, rows: 10, inStep: new Set([3, 4, 5]) };

  it('tries the row, then rows that are not in the step, as seed, epoch and row say', () => {
    const tried = [...candidatesFor(3, key)];
    expect(tried[0]).toBe(3);
    expect(new Set(tried.slice(1))).toEqual(new Set([0, 1, 2, 6, 7, 8, 9]));
    expect([...candidatesFor(3, key)]).toEqual(tried);
    expect([...candidatesFor(4, key)].slice(1)).not.toEqual(tried.slice(1));
    expect([...candidatesFor(3, { ...key, epoch: 3 })]).not.toEqual(tried);
  });

  it('takes rows of the step where there are no others', () => {
    const tried = new Set(candidatesFor(1, { ...key, rows: 2, inStep: new Set([0, 1]) }));
    expect(tried).toEqual(new Set([0, 1]));
  });
});

describe('watchStarvation', () => {
  it.each([
    [25, 1],
    [15, 0],
  ])('warns of a share of waiting above a fifth: %i ms of 100', (waitMs, warnings) => {
    const log = recordingLog();
    let clock = 0;
    const watch = watchStarvation(log, () => clock);
    for (let step = 0; step < 20; step++) {
      clock += 100;
      watch.record(waitMs);
    }
    expect(log.lines).toHaveLength(warnings);
    expect(log.lines.map(({ level, fields }) => [level, fields['share']])).toEqual(
      new Array(warnings).fill(['warn', (waitMs / 100).toFixed(2)]),
    );
  });

  it('looks at the latest steps only', () => {
    expect(warningsOver((step) => (step < 20 ? 90 : 0), 60)).toBe(1);
    expect(warningsOver((step) => (step < 20 ? 0 : 90), 40)).toBe(1);
  });

  it('warns less and less often', () => {
    expect(warningsOver(() => 90, 20 + 40 + 80)).toBe(3);
    expect(warningsOver(() => 90, 20 + 40 + 79)).toBe(2);
  });

  function warningsOver(waitMs: (step: number) => number, steps: number): number {
    const log = recordingLog();
    let clock = 0;
    const watch = watchStarvation(log, () => clock);
    for (let step = 0; step < steps; step++) {
      clock += 100;
      watch.record(waitMs(step));
    }
    return log.lines.length;
  }
});
