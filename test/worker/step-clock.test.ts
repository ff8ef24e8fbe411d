import { describe, expect, it } from 'vitest';
import { COMPUTING, PHASES, secondsIn, speedOf, StepClock, WAITS } from '../../src/worker/step-clock.js';

/** A second in the first phase, two in the second, and so on. */
function countedUp(): StepClock {
  const clock = new StepClock();
  PHASES.forEach((phase, position) => clock.add(phase, (position + 1) * 1000));
  return clock;
}

describe('the clock of a step', () => {
  it('tells what a rank computes from what it waits for; every phase is one of both', () => {
    const phases = countedUp().take();
    expect([...COMPUTING, ...WAITS].sort()).toEqual([...PHASES].sort());
    // data 1, gather 3, reduce 6; encode 2, loss 4, backward 5, update 7
    expect([secondsIn(phases, WAITS), secondsIn(phases, COMPUTING)]).toEqual([10, 18]);
  });

  it('counts the time of work that fails, too', async () => {
    const clock = new StepClock();
    await expect(clock.time('encode', () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    expect(clock.take().encode).toBeGreaterThan(0);
    expect(clock.take().encode).toBe(0);
  });
});

describe('the speed of a rank', () => {
  it('does not depend on how many micro-batches it has, where each takes as long', () => {
    for (const microBatches of [1, 3, 7]) {
      const clock = new StepClock();
      for (const [phase, ms] of Object.entries({ loss: 900, update: 700, gather: 5000 }))
        clock.add(phase as 'loss', ms);
      clock.add('encode', 100 * microBatches);
      clock.add('backward', 400 * microBatches);
      expect(speedOf(clock.take(), microBatches)).toBeCloseTo(2, 10);
    }
  });

  it('is not known of a rank that had none', () => {
    expect(speedOf(countedUp().take(), 0)).toBeUndefined();
  });
});
