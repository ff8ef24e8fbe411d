// A step that is given up, wherever it is, leaves nothing: it is redone as if it had never begun.
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/schema.js';
import type { Compiler } from '../../src/engine/graph-function.js';
import { loadEngine } from '../../src/engine/load.js';
import { StepClock, type Phase } from '../../src/worker/step-clock.js';
import type { Passes } from '../../src/worker/passes.js';
import type { StepParts, StepResult } from '../../src/worker/step-parts.js';
import { trainStep } from '../../src/worker/train-step.js';
import { severalRanks, sharesOf, type SeveralRanks } from './several-ranks.js';
import { begunAnew, METHOD, noiseBatches, smallConfig, smallStep, stateValues, type SmallStep } from './small-step.js';
import { watchedPasses } from './watched-passes.js';

beforeAll(() => loadEngine({ device: 'cpu', threads: 1 }));

const config = smallConfig(...METHOD, 'loss.prototypes.frozenEpochs=0');
/** XLA takes long to compile the losses within micro-batches, which leave nothing that the encoders do not. */
const CASES: [Compiler | undefined, Config][] = [
  [undefined, config],
  ['executor', config],
  ['executor', { ...config, reduction: 'reproducible' }],
  ['xla', smallConfig()],
];
const REASON = new Error('another rank is lost');

/** Passes of which the one that is called as the n-th does something first. */
function passesWith(passes: Passes, nth: number, deed: () => void): Passes {
  let calls = 0;
  return watchedPasses(passes, () => {
    if (++calls === nth) deed();
  });
}

async function callsOf({ parts, state }: SmallStep): Promise<string[]> {
  const calls: string[] = [];
  const passes = watchedPasses(parts.passes, (pass) => calls.push(pass));
  await trainStep({ ...parts, passes }, state, noiseBatches(parts.config, 0));
  return calls;
}

/** What must be as before: the tensors themselves, and how many there are. They are read: TensorFlow has them then. */
function snapshot({ parts, state }: SmallStep) {
  stateValues(state, parts.engine);
  const { parameters, first, second, statistics, ...rest } = state;
  const tensors = Object.values({ parameters, first, second, statistics }).flatMap(Object.values) as tf.Tensor[];
  const ids = tensors.map(({ id, isDisposed }) => (isDisposed ? -1 : id));
  return { ids, ...rest, tensors: tf.memory().numTensors, handles: parts.engine.runtime.tensorCount };
}

describe.each(CASES)('with the compiler %s and sums that are $1.reduction', (compiler, ofCompiler) => {
  it('a step that is aborted or fails in any of its passes leaves state and memory as they were', async () => {
    const small = await smallStep(ofCompiler, compiler);
    const untouched = begunAnew(small);
    const calls = await callsOf(small);
    await trainStep(untouched.parts, untouched.state, noiseBatches(ofCompiler, 0));
    expect(calls.length).toBeGreaterThan(8);
    const before = snapshot(small);
    for (let nth = 1; nth <= calls.indexOf('update'); nth++) {
      const controller = new AbortController();
      const aborting = passesWith(small.parts.passes, nth, () => controller.abort(REASON));
      const failing = passesWith(small.parts.passes, nth, () => {
        throw REASON;
      });
      for (const changes of [{ passes: aborting, signal: controller.signal }, { passes: failing }]) {
        const step = trainStep({ ...small.parts, ...changes }, small.state, noiseBatches(ofCompiler, 1));
        await expect(step, calls[nth - 1]).rejects.toBe(REASON);
        expect(snapshot(small), calls[nth - 1]).toEqual(before);
      }
    }
    const redone = await trainStep(small.parts, small.state, noiseBatches(ofCompiler, 1));
    expect(redone).toEqual(await trainStep(untouched.parts, untouched.state, noiseBatches(ofCompiler, 1)));
    const { engine } = small.parts;
    expect(stateValues(small.state, engine)).toEqual(stateValues(untouched.state, engine));
  }, 120_000);
});

describe('a step that is aborted', () => {
  let like: SmallStep;
  beforeAll(async () => {
    like = await smallStep(config);
    await callsOf(like);
  });

  it('before it begins does nothing', async () => {
    const small = begunAnew(like);
    const before = snapshot(small);
    const step = trainStep({ ...small.parts, signal: AbortSignal.abort(REASON) }, small.state, noiseBatches(config, 0));
    await expect(step).rejects.toBe(REASON);
    expect(snapshot(small)).toEqual(before);
  });

  it('when the update has begun is applied', async () => {
    const small = begunAnew(like);
    const controller = new AbortController();
    const passes = watchedPasses(small.parts.passes, (pass) => {
      if (pass === 'update') controller.abort(REASON);
    });
    await trainStep({ ...small.parts, passes, signal: controller.signal }, small.state, noiseBatches(config, 0));
    expect([controller.signal.aborted, small.state.step, small.state.whole]).toEqual([true, 1, true]);
  });

  it('does not wait for a gather that never ends; one that fails ends the step', async () => {
    const small = begunAnew(like);
    const before = snapshot(small);
    const controller = new AbortController();
    const endless = (): Promise<never> => {
      controller.abort(REASON);
      return new Promise(() => undefined);
    };
    const aborted = { ...small.parts, gather: endless, signal: controller.signal };
    await expect(trainStep(aborted, small.state, noiseBatches(config, 0))).rejects.toBe(REASON);
    const failing = { ...small.parts, gather: () => Promise.reject(REASON) };
    await expect(trainStep(failing, small.state, noiseBatches(config, 0))).rejects.toBe(REASON);
    expect(snapshot(small)).toEqual(before);
  });
});

/** A clock that does something when a phase begins. */
class PhaseClock extends StepClock {
  private readonly at: Phase;
  private readonly deed: () => void;

  constructor(at: Phase, deed: () => void) {
    super();
    this.at = at;
    this.deed = deed;
  }

  override time<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    if (phase === this.at) this.deed();
    return super.time(phase, work);
  }
}

describe.each(['double', 'reproducible'] as const)('of two ranks with sums that are %s', (reduction) => {
  const shares = sharesOf(1, 1);
  const open: SeveralRanks[] = [];
  const twoRanks = async (): Promise<SeveralRanks> => {
    open.push(await severalRanks({ ...config, reduction }, 2, 'executor'));
    return open.at(-1)!;
  };
  // What is compiled is compiled in the first step, and tracing leaves symbols.
  beforeAll(async () => void (await (await twoRanks()).train(0, shares)));
  afterEach(async () => {
    await Promise.all(open.splice(0).map((several) => several.close()));
  });

  /** A step in which rank 1 does something when a phase begins; rank 0 is told nothing. How it ends for each. */
  async function interrupted({ ranks }: SeveralRanks, phase: Phase, deed: (abort: () => void) => void) {
    ranks.forEach(snapshot);
    const before = ranks.map(snapshot);
    const controller = new AbortController();
    const clock = new PhaseClock(phase, () => deed(() => controller.abort(REASON)));
    const changes = [{}, { clock, signal: controller.signal }];
    const ends = await Promise.allSettled(ranks.map((rank, at) => stepOf(rank, at, changes[at])));
    expect(ranks.map(snapshot)).toEqual(before);
    return ends.map((end) => (end.status === 'rejected' ? (end.reason as unknown) : end.value));
  }

  function stepOf({ parts, state }: SmallStep, rank: number, changes: Partial<StepParts>): Promise<StepResult> {
    const batches = noiseBatches(config, 0);
    const { start, end } = shares[rank];
    const own = { ...batches, microBatches: batches.microBatches.slice(start, end) };
    return trainStep({ ...parts, ...changes }, state, own);
  }

  it('one that gives up while its reductions are under way leaves the ring, and the other is not kept waiting', async () => {
    const [first, second] = await interrupted(await twoRanks(), 'reduce', (abort) => abort());
    expect(second).toBe(REASON);
    expect(first).toMatchObject({ code: 'MLIP_E_PEER_LOST', where: 'rank 1' });
  });

  it.each(['backward', 'reduce'] as const)('both reject where the ring breaks in phase %s', async (phase) => {
    const several = await twoRanks();
    const ends = await interrupted(several, phase, () => void several.ranks[1].parts.ring.close());
    for (const end of ends) expect(end).toMatchObject({ code: 'MLIP_E_PEER_LOST', where: 'rank 1' });
  });

  it('the step is redone over a new ring as if nothing had been', async () => {
    const [several, anew, calm] = [await twoRanks(), await twoRanks(), await twoRanks()];
    await interrupted(several, 'reduce', (abort) => abort());
    const redone = await Promise.all(
      several.ranks.map((rank, at) => {
        const { ring, gather } = anew.ranks[at].parts;
        return stepOf(rank, at, { ring, gather });
      }),
    );
    expect(redone).toEqual(await calm.train(0, shares));
    for (const rank of [0, 1]) {
      const [found, expected] = [several, calm].map(({ ranks }) =>
        stateValues(ranks[rank].state, ranks[0].parts.engine),
      );
      expect(found).toEqual(expected);
    }
  });
});
