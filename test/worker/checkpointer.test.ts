// Checkpoints while training goes on: the real step, the real thread, and a destination that does not answer.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCheckpoint, type Checkpoint, type SavedCheckpoint } from '../../src/checkpoint/checkpoint.js';
import type { MlipError } from '../../src/core/errors.js';
import { createLogger } from '../../src/core/log.js';
import { Checkpointer } from '../../src/worker/checkpointer.js';
import { takeSnapshot } from '../../src/worker/snapshot.js';
import { trainStep } from '../../src/worker/train-step.js';
import { downloadState, uploadState, type HostState } from '../../src/worker/training-state.js';
import { undeletable } from '../support/undeletable.js';
import { BUCKET, provideS3Server, startS3Server, type S3Server } from '../support/s3-server.js';
import { noiseBatches, smallConfig, smallStep, type SmallStep } from './small-step.js';

// With queues, which are part of the state as well.
const SETTINGS = ['loss.prototypes.weight=1', 'loss.prototypes.count=12', 'loss.prototypes.queue=10'];
const VOCABULARY = ['[PAD]', '[UNK]'];

let out: string;
let small: SmallStep;
beforeAll(async () => {
  small = await smallStep(smallConfig(...SETTINGS));
});
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'mlip-checkpointer-'));
});
afterEach(() => rmSync(out, { recursive: true }));

interface Opened {
  checkpointer: Checkpointer;
  saved: SavedCheckpoint[];
  failed: [number, MlipError][];
  log: string[];
}

const opened: Checkpointer[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

function open(...settings: string[]): Opened {
  const [saved, failed, log]: [SavedCheckpoint[], [number, MlipError][], string[]] = [[], [], []];
  const checkpointer = new Checkpointer({
    ...{
      engine: small.parts.engine,
      config: smallConfig(...SETTINGS, ...settings),
      out,
      runId: 'run',
      vocabulary: VOCABULARY,
    },
    log: createLogger({ name: 'test', write: (line) => log.push(line) }),
    onSaved: (one) => saved.push(one),
    onFailed: (step, error) => failed.push([step, error]),
  });
  opened.push(checkpointer);
  return { checkpointer, saved, failed, log };
}

async function step(): Promise<void> {
  const { parts, state } = small;
  await trainStep(parts, state, noiseBatches(parts.config, state.step));
}

const now = (): HostState => downloadState(small.parts.engine, small.state);
const stateOf = ({ model, optimizer }: Checkpoint): HostState => ({ model, optimizer });

describe('a checkpoint of a run that goes on', () => {
  it('is of the step at which it was asked for, though the next ones change the state before it is written', async () => {
    const { checkpointer, saved } = open();
    await step();
    const before = now();
    const at = small.state.step;
    const { written } = await checkpointer.save(small.state, { world: 2, metrics: { loss: 0.5 } });
    await step();
    const { path } = await written;
    expect(saved).toEqual([await written]);
    const checkpoint = await loadCheckpoint(path);
    expect(stateOf(checkpoint)).toEqual(before);
    expect(checkpoint.state).toMatchObject({ step: at, world: 2, runId: 'run', metrics: { loss: 0.5 } });
    expect(JSON.parse(checkpoint.files['config.json'])).toEqual(smallConfig(...SETTINGS));
    expect(checkpoint.files['vocab.txt']).toBe('[PAD]\n[UNK]\n');
    expect(now()).not.toEqual(before);
  });

  it('changes nothing of what training computes', async () => {
    const { parts, state } = small;
    const start = now();
    const { checkpointer } = open();
    for (let count = 0; count < 3; count++) {
      await checkpointer.save(state, { world: 1 });
      await step();
    }
    const saving = now();
    Object.assign(state, uploadState(start, parts.config, state.step - 3));
    for (let count = 0; count < 3; count++) await step();
    expect(now()).toEqual(saving);
  });

  it('waits for the one before, so each that was asked for comes to be, in order', async () => {
    const { checkpointer, saved } = open('checkpoint.keep=10');
    const steps: number[] = [];
    for (let count = 0; count < 4; count++) {
      steps.push(small.state.step);
      await checkpointer.save(small.state, { world: 1 });
      small.state.step++;
    }
    await checkpointer.settled();
    expect(saved.map((one) => one.step)).toEqual(steps);
  });

  it('that cannot be written is told, and neither this step nor the next checkpoint fails', async () => {
    const { checkpointer, saved, failed } = open();
    writeFileSync(join(out, 'checkpoints'), 'no directory');
    const { written } = await checkpointer.save(small.state, { world: 1 });
    await step();
    await expect(written).rejects.toMatchObject({ code: 'MLIP_E_OUT_WRITE' });
    expect(failed.map(([at, { code }]) => [at, code])).toEqual([[small.state.step - 1, 'MLIP_E_OUT_WRITE']]);
    rmSync(join(out, 'checkpoints'));
    await (
      await checkpointer.save(small.state, { world: 1 })
    ).written;
    expect(saved.map((one) => one.step)).toEqual([small.state.step]);
  });

  it('is refused while the state is of no step', async () => {
    const { checkpointer } = open();
    small.state.whole = false;
    await expect(checkpointer.save(small.state, { world: 1 })).rejects.toMatchObject({ code: 'MLIP_E_INTERNAL' });
    small.state.whole = true;
    await checkpointer.save(small.state, { world: 1 });
    await checkpointer.settled();
    expect(readdirSync(join(out, 'checkpoints'))).toEqual([`step-${small.state.step}`]);
  });

  it('for which an earlier one could not be given up is saved, and the log says so', async ({ skip }) => {
    const { checkpointer, saved, failed, log } = open('checkpoint.keep=1');
    const save = async (): Promise<unknown> => (await checkpointer.save(small.state, { world: 1 })).written;
    await save();
    const release = await undeletable(join(out, 'checkpoints', `step-${small.state.step}`));
    skip(release === undefined, 'nothing is undeletable here');
    await step();
    await save().finally(release);
    expect(saved.map((one) => one.step)).toEqual([small.state.step - 1, small.state.step]);
    expect(failed).toEqual([]);
    expect(log.join()).toContain('cannot delete earlier checkpoints');
  });

  it('that has no value to be the best by is said', async () => {
    const { checkpointer, log } = open('checkpoint.keepBest=loss_text');
    await checkpointer.save(small.state, { world: 1, metrics: { loss: 1 } });
    await checkpointer.settled();
    expect(log.join()).toContain('has no loss_text');
  });
});

describe('a snapshot', () => {
  it('takes the memory of an earlier one where it fits', async () => {
    const { engine } = small.parts;
    const first = await takeSnapshot(engine, small.state);
    const buffers = new Set([...first.model.values(), ...first.optimizer.values()].map(({ data }) => data.buffer));
    await step();
    const second = await takeSnapshot(engine, small.state, first);
    expect(second).toEqual(now());
    for (const { data } of [...second.model.values(), ...second.optimizer.values()]) {
      expect(buffers.has(data.buffer)).toBe(true);
    }
  });

  it('shares nothing with the state', async () => {
    const { optimizer } = await takeSnapshot(small.parts.engine, small.state);
    for (const [name, { data }] of small.state.queues) expect(optimizer.get(name)!.data.buffer).not.toBe(data.buffer);
    expect(small.state.queues.size).toBeGreaterThan(0);
  });

  it('notices where a step changes the state meanwhile', async () => {
    const taking = takeSnapshot(small.parts.engine, small.state);
    small.state.step++;
    await expect(taking).rejects.toThrow('a step changed the state');
  });
});

const server = await provideS3Server();
if ('missing' in server) process.stderr.write(`S3 is not tested: ${server.missing}\n`);

describe.skipIf('missing' in server)('a destination that does not answer', () => {
  let s3: S3Server;
  beforeAll(async () => {
    if ('path' in server) Object.assign(process.env, (s3 = await startS3Server(server.path)).env);
  });
  afterAll(() => s3?.stop());
  const destination = `checkpoint.destination=s3://${BUCKET}/run`;

  it('keeps no step waiting, and has the last checkpoint once it answers', async () => {
    const { checkpointer, saved } = open(destination);
    await checkpointer.save(small.state, { world: 1 });
    await checkpointer.settled();
    s3.signal('SIGSTOP');
    await step();
    const { written } = await checkpointer.save(small.state, { world: 1, copyMs: 60_000 });
    const last = small.state.step;
    for (let count = 0; count < 3; count++) await step();
    expect(small.state.step).toBe(last + 3);
    expect(saved.map((one) => one.step)).not.toContain(last);
    s3.signal('SIGCONT');
    await written;
    expect(saved.at(-1)?.step).toBe(last);
    expect(readdirSync(join(s3.objects, 'run', `step-${last}`))).toContain('state.json');
  });

  it('that makes training wait for the checkpoint before is named while it does', async () => {
    const { checkpointer, saved, log } = open(destination);
    s3.signal('SIGSTOP');
    try {
      await checkpointer.save(small.state, { world: 1, copyMs: 60_000 });
      const next = checkpointer.save(small.state, { world: 1 });
      await vi.waitUntil(() => log.join().includes('training waits: the checkpoint before'), { timeout: 30_000 });
      expect(saved).toHaveLength(0);
      s3.signal('SIGCONT');
      await (
        await next
      ).written;
    } finally {
      s3.signal('SIGCONT');
    }
    expect(saved).toHaveLength(2);
  });

  it('is waited for no longer than was said', async () => {
    const { checkpointer, saved, log } = open(destination);
    s3.signal('SIGSTOP');
    try {
      const { written } = await checkpointer.save(small.state, { world: 1, copyMs: 300 });
      await written;
    } finally {
      s3.signal('SIGCONT');
    }
    expect(saved).toHaveLength(1);
    expect(log.join()).toContain('not done after 0.3 s');
  });
});
