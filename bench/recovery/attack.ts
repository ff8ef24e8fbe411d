/** One round of a side: starts a run, kills a worker within a step, and watches what comes of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../clock.js';
import { completeMs, firstApplied, judge, stepMs, stepsLost, type Verdict } from './judge.js';
import { WORKERS, type Side, type Training } from './side.js';

export interface AttackOptions {
  /** Steps that both workers apply before the kill. */
  steps: number;
  /** Index of the worker that is killed. */
  victim: number;
  /** Where in a step the kill falls, as a share of the step's time. */
  phase: number;
  limits?: Partial<Limits>;
}

export interface Limits {
  startMs: number;
  /** From the kill to the next step; longer is a hang. */
  recoveryMs: number;
  replacementMs: number;
}

export interface Outcome extends Verdict {
  /** Why the round counts as failed; undefined where the run recovered. */
  failure?: string;
  /** Median time of a step before the kill. */
  stepMs: number;
  stepsLost: number;
  /** Until both workers trained again: from the kill where the side restarts workers itself, else from when a replacement was started. */
  completeMs: number | null;
}

const LIMITS: Limits = { startMs: 300_000, recoveryMs: 60_000, replacementMs: 120_000 };
const POLL_MS = 1;
/** Steps of which the usual time is taken: the first ones are slower. */
const RECENT = 10;

const NOTHING: Outcome = {
  ...{ recoveredMs: null, firstStepMs: null, redone: 0, discarded: 0, missing: 0 },
  ...{ stepMs: NaN, stepsLost: 0, completeMs: null },
};

/** What happens to the run is an outcome; only what keeps it from starting is thrown. */
export async function attack(side: Side, folder: string, options: AttackOptions): Promise<Outcome> {
  const limits = { ...LIMITS, ...options.limits };
  const training = await side.start(folder);
  try {
    const failure = await waitFor(training, limits.startMs, () => applied(training).length > options.steps);
    if (failure !== undefined) return { ...NOTHING, failure: `before the kill: ${failure}` };
    return await kill(training, options, limits);
  } finally {
    await training.stop();
  }
}

async function kill(training: Training, { victim, phase }: AttackOptions, limits: Limits): Promise<Outcome> {
  const before = applied(training);
  const usualMs = stepMs(before.slice(-RECENT));
  const stalled = await waitFor(training, limits.recoveryMs, () => applied(training).length > before.length);
  if (stalled !== undefined) return { ...NOTHING, failure: `before the kill: ${stalled}` };
  await sleep(phase * usualMs);
  const killedAtMs = monotonicMs();
  process.kill(training.workers()[victim], 'SIGKILL');
  const verdict = (): Verdict => judge(training.events, killedAtMs);
  const failure = await waitFor(training, limits.recoveryMs, () => verdict().recoveredMs !== null);
  const found = { ...verdict(), stepMs: usualMs, stepsLost: stepsLost(verdict()) };
  if (failure !== undefined) return { ...found, failure, completeMs: null };
  return { ...found, completeMs: await completion(training, killedAtMs, limits) };
}

async function completion(training: Training, killedAtMs: number, limits: Limits): Promise<number | null> {
  const replacedAtMs = training.replace === null ? killedAtMs : monotonicMs();
  training.replace?.();
  const complete = (): number | null => completeMs(training.events, killedAtMs, WORKERS);
  await waitFor(training, limits.replacementMs, () => complete() !== null);
  const sinceKillMs = complete();
  return sinceKillMs === null ? null : sinceKillMs + killedAtMs - replacedAtMs;
}

function applied(training: Training): { step: number; atMs: number }[] {
  return firstApplied(training.events, WORKERS);
}

/** Undefined once the condition holds, else why it never will. */
async function waitFor(training: Training, limitMs: number, condition: () => boolean): Promise<string | undefined> {
  const deadline = monotonicMs() + limitMs;
  while (!condition()) {
    const ended = training.ended();
    if (ended !== undefined) return ended;
    if (monotonicMs() > deadline) return `hung for ${limitMs / 1000} s`;
    await sleep(POLL_MS);
  }
  return undefined;
}
