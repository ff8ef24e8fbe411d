// The benchmark of recovery: what a record says about a kill, and how a round goes with real processes.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attack, type Outcome } from '../../bench/recovery/attack.js';
import { followLines } from '../../bench/training/follow.js';
import { completeMs, firstApplied, judge, stepMs, stepsLost } from '../../bench/recovery/judge.js';
import { Processes, isRunning } from '../../bench/training/processes.js';
import { WORKERS, type Side } from '../../bench/recovery/side.js';
import { readSizes } from '../../bench/recovery/sizes.js';
import { stepEventOf, stepEventOfMetrics, type StepEvent } from '../../bench/recovery/step-event.js';
import { summarise } from '../../bench/recovery/summary.js';

const event = (atMs: number, step: number, generation: number, more: Partial<StepEvent> = {}): StepEvent => ({
  ...{ kind: 'applied', atMs, step, generation, world: 2, pid: null },
  ...more,
});
const alone = { world: 1 };

describe('a kill', () => {
  const before = [event(0, 1, 1), event(100, 2, 1), event(105, 2, 1)];

  it('is recovered from with the next step of a later generation', () => {
    const verdict = judge([...before, event(900, 3, 2, alone), event(1000, 4, 2, alone)], 150);
    expect(verdict).toEqual({ recoveredMs: 750, firstStepMs: 750, redone: 0, discarded: 0, missing: 0 });
    expect(stepsLost(verdict)).toBe(0);
  });

  it('is not recovered from by a step that was all but done', () => {
    const events = [...before, event(160, 3, 1), event(900, 4, 2, alone)];
    expect(judge(events, 150)).toMatchObject({ recoveredMs: 750, missing: 0, redone: 0 });
    expect(judge(events.slice(0, -1), 150)).toMatchObject({ recoveredMs: null, firstStepMs: null });
  });

  it('costs each step that is applied again, once, and ends with the first beyond them', () => {
    const again = [event(900, 1, 2), event(905, 1, 2), event(1000, 2, 2), event(1100, 3, 2)];
    const verdict = judge([...before, ...again], 150);
    expect(verdict).toMatchObject({ firstStepMs: 750, recoveredMs: 950, redone: 2 });
    expect(stepsLost(verdict)).toBe(2);
  });

  it('costs batches that are thrown away from then until the recovery, and steps that nobody applied', () => {
    const discarded = { kind: 'discarded' } as const;
    const events = [event(50, 1, 1, discarded), ...before, event(200, 2, 1, discarded), event(300, 2, 2, discarded)];
    const verdict = judge([...events, event(900, 4, 2, alone), event(950, 4, 3, discarded)], 150);
    expect(verdict).toMatchObject({ recoveredMs: 750, firstStepMs: 750, discarded: 2, missing: 1 });
    expect(stepsLost(verdict)).toBe(3);
  });

  it('is judged the same in whatever order the lines came', () => {
    const events = [...before, event(160, 3, 1), event(900, 3, 2), event(1000, 4, 2)];
    expect(judge(events.toReversed(), 150)).toEqual(judge(events, 150));
  });

  it('is made up for when all workers take part in a new step', () => {
    const events = [...before, event(900, 3, 2, alone), event(950, 4, 3, alone), event(990, 5, 3)];
    expect(completeMs(events, 150, 2)).toBe(840);
    expect(completeMs(events.slice(0, -1), 150, 2)).toBeNull();
  });
});

it('the time of a step is between first applications by all workers', () => {
  const events = [event(0, 1, 1, alone), event(100, 2, 1), event(109, 2, 1), event(200, 3, 1), event(400, 4, 1)];
  expect(firstApplied(events, 2).map(({ step }) => step)).toEqual([2, 3, 4]);
  expect(stepMs(firstApplied(events, 2))).toBe(150);
});

describe('a line', () => {
  it('of the PyTorch sides is read as it is, and refused where something is missing', () => {
    const told = event(1.5, 3, 0, { pid: 7 });
    expect(stepEventOf(JSON.stringify(told))).toEqual(told);
    expect(() => stepEventOf('{"kind":"applied","step":3}')).toThrow(/atMs/);
  });

  it('of metrics.jsonl counts from when it is seen', () => {
    const line = JSON.stringify({ step: 3, loss: 1, world: 2, generation: 4 });
    expect(stepEventOfMetrics(line, 20)).toEqual(event(20, 3, 4));
  });
});

it('the sizes give each worker whole micro-batches, more than one', () => {
  const { batch, microBatch } = readSizes();
  expect((batch / microBatch) % WORKERS).toBe(0);
  expect(batch / microBatch / WORKERS).toBeGreaterThan(1);
});

/** For a machine that does much else. */
const PATIENT = { timeout: 30_000 };

describe('with processes', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mlip-recovery-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('lines of a growing file are seen whole, also when it comes late and in pieces', async () => {
    const path = join(folder, 'lines');
    const seen: string[] = [];
    const three = new Promise<void>((resolve) => {
      const end = followLines(path, (line) => {
        if (seen.push(line) < 3) return;
        end();
        resolve();
      });
    });
    appendFileSync(path, 'one\ntw');
    await expect.poll(() => seen, PATIENT).toEqual(['one']);
    appendFileSync(path, `o\n${'3'.repeat(100_000)}\nfour`);
    await three;
    expect(seen).toEqual(['one', 'two', '3'.repeat(100_000)]);
  });

  it('none of them outlives the round, one that ignores SIGTERM neither', async () => {
    const processes = new Processes(folder);
    const deaf = 'process.on("SIGTERM", () => {}); console.log("ready"); setInterval(() => {}, 1000)';
    const children = ['a', 'b'].map((name) => processes.start(name, process.execPath, ['-e', deaf]));
    await expect.poll(() => processes.lastWords('a') + processes.lastWords('b'), PATIENT).toBe('readyready');
    await processes.stop(100);
    expect(children.map(isRunning)).toEqual([false, false]);
    expect(children[0].signalCode).toBe('SIGKILL');
  });

  const options = { steps: 3, victim: 1, phase: 0.5 };
  const run = (code: string, limits = {}): Promise<Outcome> =>
    attack(scripted(code), folder, { ...options, limits: { recoveryMs: 30_000, ...limits } });

  it('a round measures from the SIGKILL to the next step, and until a replacement trains', async () => {
    const outcome = await run(SURVIVING);
    expect(outcome.failure).toBeUndefined();
    expect(outcome.recoveredMs).toBeGreaterThanOrEqual(PAUSE_MS);
    expect(outcome.stepMs).toBeGreaterThanOrEqual(STEP_MS - 1);
    expect(outcome).toMatchObject({ stepsLost: 1, discarded: 1, redone: 0, missing: 0 });
    expect(outcome.completeMs).toBeGreaterThan(0);
  });

  it('a run that hangs after the kill has failed', async () => {
    const outcome = await run(HANGING, { recoveryMs: 300 });
    expect(outcome).toMatchObject({ failure: 'hung for 0.3 s', recoveredMs: null, completeMs: null });
  });

  it('a run that ends has failed, with what it said last', async () => {
    expect(await run(ENDING)).toMatchObject({ failure: 'it ended\nI give up', recoveredMs: null });
  });

  it('a run that never gets to the kill has failed', async () => {
    expect(await run('console.log("no"); process.exit(1)')).toMatchObject({ failure: 'before the kill: it ended\nno' });
  });
});

const STEP_MS = 20;
const PAUSE_MS = 100;

/** What each of the workers below runs: `others()` counts the workers that are alive, `tell` writes to the record. */
const WORKER = `
const { appendFileSync, readdirSync, writeFileSync } = require('node:fs');
const [folder] = process.argv.slice(1);
writeFileSync(folder + '/alive-' + process.pid, '');
const alive = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };
const world = () => readdirSync(folder).filter((f) => f.startsWith('alive-') && alive(f.slice(6))).length;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const clock = () => Number(process.hrtime.bigint()) / 1e6;
const tell = (kind, step, generation, world) => appendFileSync(folder + '/record.jsonl',
  JSON.stringify({ kind, atMs: clock(), step, generation, world, pid: process.pid }) + '\\n');
`;

const TRAINING = `
(async () => {
  while (world() < 2) await sleep(5);
  let step = 0;
  while (world() === 2) { await sleep(${STEP_MS}); tell('applied', ++step, 1, 2); }
`;

const SURVIVING = `${WORKER}${TRAINING}
  tell('discarded', step, 1, 2);
  await sleep(${PAUSE_MS});
  while (true) { await sleep(${STEP_MS}); tell('applied', ++step, 2, world()); }
})();`;
const HANGING = `${WORKER}${TRAINING} setInterval(() => {}, 1000); })();`;
const ENDING = `${WORKER}${TRAINING} console.log('I give up'); process.exit(1); })();`;

/** Two processes that run the code, and a third one in the place of a killed one. */
function scripted(code: string): Side {
  return {
    name: 'scripted',
    start: async (folder) => {
      const processes = new Processes(folder);
      const startWorker = () => processes.start('worker', process.execPath, ['-e', code, folder]);
      const workers = [startWorker(), startWorker()];
      const events: StepEvent[] = [];
      const unfollow = followLines(join(folder, 'record.jsonl'), (line) => events.push(stepEventOf(line)));
      return {
        events,
        workers: () => workers.map(({ pid }) => pid!),
        replace: () => void workers.push(startWorker()),
        ended: () =>
          workers.some(isRunning) ? undefined : `it ended\n${processes.lastWords('worker').split('\n')[0]}`,
        stop: async () => {
          await processes.stop();
          unfollow();
        },
      };
    },
  };
}

describe('the summary', () => {
  const outcome = (recoveredMs: number, more: Partial<Outcome> = {}): Outcome => ({
    ...{ recoveredMs, firstStepMs: recoveredMs, redone: 0, discarded: 0, missing: 0 },
    ...{ stepMs: 100, stepsLost: 0, completeMs: 3000, ...more },
  });
  const failed = outcome(NaN, { failure: 'hung for 60 s', recoveredMs: null, firstStepMs: null, completeMs: null });
  const rounds = {
    ours: [outcome(500), outcome(700), outcome(600)],
    torchrun: [outcome(5000), failed, outcome(6000, { redone: 1, stepsLost: 1 })],
    torchft: [outcome(1000), outcome(1200), outcome(1100)],
  };
  const options = { threads: 1, rounds: 3, steps: 20, progress: () => undefined };
  const met = (ours: Outcome[]) => summarise({ ...rounds, ours }, options).results.map((result) => result.met);

  it('compares medians of the rounds that recovered, and sums of lost steps', () => {
    const { results, notes } = summarise(rounds, options);
    expect(results.map(({ ours, theirs }) => [ours, theirs])).toEqual([
      [600, 5500],
      [0, 1],
      [600, 1100],
      [0, 0],
    ]);
    expect(met(rounds.ours)).toEqual([true, true, true, true]);
    expect(notes.find((line) => line.startsWith('torchrun'))).toMatch(/^torchrun +3 +1 +5500 +5000 +6000 /);
  });

  it('meets no goal with a failure of ours, however quick the other rounds were', () => {
    expect(met([...rounds.ours, failed])).toEqual([false, false, false, false]);
    expect(met([failed])).toEqual([false, false, false, false]);
  });

  it('does not meet the goals with a lost step or a slow recovery', () => {
    expect(met([outcome(500, { missing: 1, stepsLost: 1 })])).toEqual([true, false, true, false]);
    expect(met([outcome(1150)])).toEqual([false, true, false, true]);
  });
});
