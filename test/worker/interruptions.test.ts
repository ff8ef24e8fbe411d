/** What may happen to a worker that trains, and how it goes on or comes to an end. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readState } from '../../src/checkpoint/checkpoint.js';
import { readLastStep } from '../../src/checkpoint/last-step.js';
import { openProxy } from '../collectives/proxy.js';
import { sameBits } from '../collectives/rings.js';
import { scriptedCoordinator } from './scripted-coordinator.js';
import { stateValues } from './small-step.js';
import { watchedPasses } from './watched-passes.js';
import { Conductor, smallGround, type Ground, type SmallWorker } from './small-workers.js';

const GRACE_MS = 1_000;

let ground: Ground;
let conductor: Conductor;
beforeAll(async () => {
  ground = await smallGround(`elastic.graceMs=${GRACE_MS}`);
});
afterAll(() => ground.remove());

async function workers(count: number): Promise<SmallWorker[]> {
  conductor = new Conductor(ground, await scriptedCoordinator());
  const joined: SmallWorker[] = [];
  for (let number = 0; number < count; number++) joined.push(await conductor.worker(number));
  return joined;
}
afterEach(() => conductor.close());

const BEGINNING = { generation: 1, step: 0 };
const ALONE = { ...BEGINNING, boundaries: [0, 4], sources: ['load' as const] };
const PAIR = { ...BEGINNING, boundaries: [0, 2, 4], sources: ['load' as const, 0] };
const CAUSE = { code: 'MLIP_E_WORKER_LOST', message: 'worker 7 is lost', where: '', remedy: '' };

function expectAlike(a: SmallWorker, b: SmallWorker): void {
  const expected = stateValues(b.parts.state!, ground.engine);
  for (const [name, data] of stateValues(a.parts.state!, ground.engine)) {
    expect(sameBits(data, expected.get(name)!), name).toBe(true);
  }
}

/** Passes of which one waits until it is let go, in the n-th step of a rank with two micro-batches. */
function stuckIn(pass: string, step = 1) {
  let [arrive, letGo] = [(): void => undefined, (): void => undefined];
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  const released = new Promise<void>((resolve) => (letGo = resolve));
  let calls = 0;
  const passes = watchedPasses(ground.passes, async (called) => {
    if (called !== pass || ++calls <= 2 * (step - 1)) return;
    arrive();
    await released;
  });
  return { passes, reached, letGo };
}

describe('a peer that is lost', () => {
  it('is blamed by those who need it; they go on when they are told how', async () => {
    const [first] = await workers(1);
    const { passes, reached, letGo } = stuckIn('text backward');
    const second = await conductor.worker(1, { passes });
    await conductor.formed([first, second], PAIR);
    await reached;
    second.parts.session.abandon();
    const failed = await first.stream.hears('failed');
    expect(failed).toMatchObject({ generation: 1, secondary: true, stateIntact: true, step: 0, blamed: 1 });
    expect(failed.failure).toMatchObject({ code: 'MLIP_E_PEER_LOST' });
    letGo();
    conductor.halt([first], 2);
    expect(await conductor.holdings([first])).toEqual([0]);
    await conductor.formed([first], { ...ALONE, generation: 2, sources: ['keep'] });
    const [{ step, report }] = await conductor.commits([first]);
    expect([step, report!.ranks]).toEqual([0, [0, 0, 0, 0]]);
  });

  it('while the state is copied from it leaves the receiver without one', async () => {
    const [first, second] = await workers(2);
    // Rank 0 is not told, so it has nothing to offer.
    conductor.form([first, second], { ...PAIR, sources: ['keep', 0] });
    expect((await first.stream.hears('failed')).failure).toMatchObject({ code: 'MLIP_E_RUN_MISMATCH' });
    conductor.halt([second], 2);
    expect((await second.stream.hears('halted', ['failed'])).holding).toBeNull();
    await conductor.formed([second], { ...ALONE, generation: 2 });
    await conductor.commits([second]);
  });
});

describe('a copy of the state that breaks in the middle', () => {
  it('leaves the receiver what it held, blames the source, and is made anew in the next generation', async () => {
    const [first, second] = await workers(2);
    await conductor.formed([second], ALONE);
    const [{ step }] = await conductor.commits([second]);
    const proxy = await openProxy(first.parts.listener.port, (bytes, sent, client) => {
      if (sent + bytes.length > 20_000) client.destroy();
      return bytes;
    });
    const peers = [proxy.port, second.parts.listener.port].map((port, worker) => ({ worker, host: '127.0.0.1', port }));
    conductor.expect(2, 2);
    const shared = { generation: 2, step, peers, boundaries: [0, 2, 4], steps: 10 };
    first.stream.says({ assign: { ...shared, rank: 0, load: {} } });
    second.stream.says({ assign: { ...shared, rank: 1, copyFrom: 0 } });
    const failed = await second.stream.hears('failed');
    expect(failed).toMatchObject({ secondary: true, stateIntact: true, step: 1, blamed: 0 });
    expect(failed.failure).toMatchObject({ code: 'MLIP_E_PEER_LOST' });
    proxy.close();
    conductor.halt([first, second], 3);
    expect(await conductor.holdings([first, second])).toEqual([0, 1]);
    await conductor.formed([first, second], { ...PAIR, generation: 4, sources: ['keep', 0] });
    await conductor.commits([first, second]);
    expectAlike(first, second);
  });
});

describe('a copy of the state that is damaged on its way', () => {
  it.each([1, 2])('%i time(s) is tried once more', async (times) => {
    const [first, second] = await workers(2);
    let damaged = 0;
    const proxy = await openProxy(first.parts.listener.port, (bytes, sent) => {
      const at = 20_000 - sent;
      if (at < 0 || at >= bytes.length || damaged === times) return bytes;
      damaged += 1;
      return Buffer.concat([bytes.subarray(0, at), Buffer.of(bytes[at] ^ 1), bytes.subarray(at + 1)]);
    });
    const peers = [proxy.port, second.parts.listener.port].map((port, worker) => ({ worker, host: '127.0.0.1', port }));
    const shared = { ...BEGINNING, peers, boundaries: [0, 2, 4], steps: 10 };
    conductor.expect(1, 2);
    first.stream.says({ assign: { ...shared, rank: 0, load: {} } });
    second.stream.says({ assign: { ...shared, rank: 1, copyFrom: 0 } });
    if (times === 1) {
      await Promise.all([first, second].map(({ stream }) => stream.hears('commit', ['inPlace'])));
      expectAlike(first, second);
    } else {
      const { failure, secondary } = await second.stream.hears('failed');
      expect(failure).toMatchObject({ code: 'MLIP_E_STATE_HASH' });
      expect(secondary).toBe(false);
    }
    proxy.close();
  });
});

describe('a coordinator that is lost during a step', () => {
  it('is found again, and the step redone with the state that was kept', async () => {
    const [first] = await workers(1);
    const { passes, reached, letGo } = stuckIn('vision backward', 2);
    const second = await conductor.worker(1, { passes });
    const two = [first, second];
    await conductor.formed(two, PAIR);
    await conductor.commits(two);
    conductor.direct(two, 1);
    await reached;
    const { port } = conductor.script;
    await conductor.script.kill();
    letGo();
    const again = new Conductor(ground, await scriptedCoordinator(port));
    const back: SmallWorker[] = [];
    for (let found = 0; found < 2; found++) {
      const stream = await again.script.nextStream();
      const { rejoin } = await stream.hears('join');
      expect(rejoin).toMatchObject({ runId: 'run', generation: 1, holding: { step: 1 } });
      expect(rejoin!.holding!.report!.losses['loss']).toBeGreaterThan(0);
      stream.welcomes({ worker: rejoin!.worker, generation: 2 });
      back[rejoin!.worker] = { ...two[rejoin!.worker], stream };
    }
    await again.formed(back, { ...PAIR, generation: 2, step: 1, sources: ['keep', 'keep'] });
    const commits = await again.commits(back);
    expect(commits.map(({ step }) => step)).toEqual([1, 1]);
    expectAlike(first, second);
    await again.script.kill();
  });
});

describe('a worker that is told to go', () => {
  it('is let off at the end of its step', async () => {
    const [only] = await workers(1);
    await conductor.formed([only], ALONE);
    only.leave.abort();
    await only.stream.hears('leave', ['commit']);
    only.stream.says({ finish: {} });
    expect(await only.end).toBe('left');
  });

  it('saves first where it is the last one, and says that the run is to be started again', async () => {
    const [only] = await workers(1);
    await conductor.formed([only], ALONE);
    await conductor.commits([only]);
    only.leave.abort();
    await only.stream.hears('leave');
    conductor.direct([only], 1, { save: true, stop: true });
    const { path } = await only.stream.hears('saved');
    expect(existsSync(join(path, 'optimizer.safetensors'))).toBe(true);
    only.stream.says({ finish: { again: true } });
    expect(await only.end).toBe('leftLast');
  });

  it('goes on its own where nobody lets it off, with enough time left', async () => {
    const [first] = await workers(1);
    const { passes, letGo } = stuckIn('globalLosses');
    await conductor.formed([first, await conductor.worker(1, { passes })], PAIR);
    const told = performance.now();
    first.leave.abort();
    await first.stream.hears('leave');
    expect(await first.end).toBe('left');
    expect(performance.now() - told).toBeGreaterThan(GRACE_MS / 2 - 50);
    await first.stream.closed;
    letGo();
  });
});

describe('workers that have lost their coordinator and are told to go', () => {
  beforeEach(() => rmSync(ground.out, { recursive: true, force: true }));

  it.each([
    { name: 'save what they hold, once', ends: 'both' },
    { name: 'save it also where the first of them is gone', ends: 'second' },
  ])('$name, with what a coordinator may not have recorded', async ({ ends }) => {
    const two = await workers(2);
    await conductor.formed(two, PAIR);
    const [{ report }] = await conductor.commits(two);
    await conductor.script.kill();
    const told = ends === 'both' ? two : two.slice(1);
    told.forEach(({ leave }) => leave.abort());
    for (const { end } of told) await expect(end).rejects.toMatchObject({ code: 'MLIP_E_COORDINATOR_LOST' });
    const { step, world } = await readState(join(ground.out, 'checkpoints', 'step-1'));
    expect([step, world]).toEqual([1, 2]);
    const last = await readLastStep(join(ground.out, 'checkpoints', 'step-1'));
    const { losses, ranks, rows } = report!;
    expect(last).toMatchObject({ step: 1, generation: 1, world: 2, stepsPerEpoch: 3, losses, ranks, rows });
  });

  it('save it where it is frozen, and nobody knows yet', async () => {
    const [only] = await workers(1);
    await conductor.formed([only], ALONE);
    await conductor.commits([only]);
    conductor.script.freeze();
    only.leave.abort();
    await expect(only.end).rejects.toMatchObject({ code: 'MLIP_E_COORDINATOR_LOST' });
    expect(await readState(join(ground.out, 'checkpoints', 'step-1'))).toMatchObject({ step: 1 });
  });

  it('save nothing where they hold nothing, or where it is saved already', async () => {
    const two = await workers(2);
    await conductor.formed(two, PAIR);
    await conductor.commits(two);
    conductor.direct(two.slice(0, 1), 1, { save: true, stop: true });
    conductor.direct(two.slice(1), 1, { stop: true });
    await two[0].stream.hears('saved', ['commit']);
    const before = statSync(join(ground.out, 'checkpoints', 'step-1')).ino;
    const idle = await conductor.worker(2);
    await conductor.script.kill();
    const told = performance.now();
    for (const worker of [idle, ...two]) worker.leave.abort();
    for (const { end } of [idle, ...two]) await expect(end).rejects.toMatchObject({ code: 'MLIP_E_COORDINATOR_LOST' });
    expect(performance.now() - told).toBeLessThan(GRACE_MS + 1_000);
    expect(readdirSync(join(ground.out, 'checkpoints'))).toEqual(['step-1']);
    expect(statSync(join(ground.out, 'checkpoints', 'step-1')).ino).toBe(before);
  });
});

describe('a run that ends early', () => {
  it('is saved by whom the coordinator asks, as it is after a whole step', async () => {
    const [only] = await workers(1);
    await conductor.formed([only], ALONE);
    await conductor.commits([only]);
    only.stream.says({ abort: { cause: CAUSE, save: true } });
    const { step, path } = await only.stream.hears('saved');
    expect([step, existsSync(join(path, 'state.json'))]).toEqual([1, true]);
    only.stream.says({ finish: {} });
    await expect(only.end).rejects.toMatchObject({ code: 'MLIP_E_WORKER_LOST', message: 'worker 7 is lost' });
  });

  it('cannot be saved by a worker that holds nothing: it says so, for another one to be asked', async () => {
    const [only] = await workers(1);
    only.stream.says({ abort: { cause: CAUSE, save: true } });
    expect(await only.stream.hears('failed')).toMatchObject({ secondary: false, stateIntact: false });
    only.stream.says({ finish: {} });
    await expect(only.end).rejects.toMatchObject({ code: 'MLIP_E_WORKER_LOST' });
  });

  it('since a worker itself fails is told so, with what it still holds', async () => {
    const [first] = await workers(1);
    const failing = await conductor.worker(1, {
      passes: watchedPasses(ground.passes, (pass) => {
        if (pass === 'vision backward') throw new Error('out of memory');
      }),
    });
    await conductor.formed([first, failing], PAIR);
    expect(await failing.stream.hears('failed')).toMatchObject({
      ...{ secondary: false, stateIntact: true, step: 0, generation: 1 },
      failure: { code: 'MLIP_E_INTERNAL', message: 'out of memory' },
    });
    expect(await first.stream.hears('failed')).toMatchObject({ secondary: true, blamed: 1 });
    failing.stream.says({ finish: {} });
    await expect(failing.end).rejects.toThrow('out of memory');
  });
});
