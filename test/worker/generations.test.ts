/** Workers that train, and a test that plays the coordinator: whatever interrupts a step, the state is that of a quiet run. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sameBits } from '../collectives/rings.js';
import { scriptedCoordinator } from './scripted-coordinator.js';
import { distance, stateValues } from './small-step.js';
import { Conductor, smallGround, type Ground, type SmallWorker } from './small-workers.js';
import { watchedPasses } from './watched-passes.js';

let ground: Ground;
let conductor: Conductor;
/** After 0, 1, 2 .. steps of one worker to whom nothing happens. */
const quiet: { state: Map<string, Float32Array>; loss: number }[] = [];

async function conducting(): Promise<Conductor> {
  conductor = new Conductor(ground, await scriptedCoordinator());
  return conductor;
}
afterEach(() => conductor.close());

async function workers(count: number): Promise<SmallWorker[]> {
  const joined: SmallWorker[] = [];
  for (let number = 0; number < count; number++) joined.push(await conductor.worker(number));
  return joined;
}

function valuesOf({ parts }: SmallWorker): Map<string, Float32Array> {
  return stateValues(parts.state!, ground.engine);
}

/** The state after that many steps, as if nothing had happened. */
function expectState(found: SmallWorker, steps: number): void {
  expect(found.parts.state!.step).toBe(steps);
  const expected = quiet[steps].state;
  const values = valuesOf(found);
  expect([...values.keys()]).toEqual([...expected.keys()]);
  for (const [name, data] of values) expect(distance(data, expected.get(name)!), name).toBeLessThan(1e-5);
}

function expectAlike(...found: SmallWorker[]): void {
  const [first, ...others] = found.map(valuesOf);
  for (const other of others)
    for (const [name, data] of other) expect(sameBits(data, first.get(name)!), name).toBe(true);
}

const BEGINNING = { generation: 1, step: 0 };
const PAIR = { boundaries: [0, 2, 4] };

beforeAll(async () => {
  ground = await smallGround();
  await conducting();
  const [alone] = await workers(1);
  await conductor.formed([alone], { ...BEGINNING, boundaries: [0, 4], sources: ['load'] });
  for (let applied = 1; applied <= 4; applied++) {
    const [{ report }] = await conductor.commits([alone]);
    quiet[applied] = { state: valuesOf(alone), loss: report!.losses['loss'] };
    if (applied < 4) conductor.direct([alone], applied);
  }
  await conductor.close();
});
afterAll(() => ground.remove());

describe('workers of a generation', () => {
  it('get the state from the one that loads it, one of them through another, and train as one alone', async () => {
    await conducting();
    const three = await workers(3);
    await conductor.formed(three, { ...BEGINNING, boundaries: [0, 2, 3, 4], sources: ['load', 0, 1] });
    for (const applied of [1, 2]) {
      const commits = await conductor.commits(three);
      for (const { report } of commits) expect(report!.losses['loss']).toBeCloseTo(quiet[applied].loss, 5);
      expect(commits.map(({ report }) => report!.ranks)).toEqual([[0, 0, 1, 2], [], []]);
      expect(commits[0].report!.rows).toHaveLength(8);
      const hashes = new Set(commits.map(({ stateHash }) => stateHash));
      expect([...hashes]).toEqual([applied === 2 ? expect.stringMatching(/^[0-9a-f]{64}$/) : '']);
      expect(commits[1].phaseSeconds['backward']).toBeGreaterThan(0);
      conductor.direct(three, applied);
    }
    await conductor.commits(three);
    for (const each of three) expectState(each, 3);
    expectAlike(...three);
  });

  it('take a joiner in between two steps, who follows a step and has a share then; shares move', async () => {
    await conducting();
    const two = await workers(2);
    await conductor.formed(two, { ...BEGINNING, boundaries: [0, 3, 4], sources: ['load', 0] });
    await conductor.commits(two);
    const three = [...two, await conductor.worker(2)];
    // The answer to the commits is a new generation.
    await conductor.formed(three, { generation: 2, step: 1, boundaries: [0, 2, 4, 4], sources: ['keep', 'keep', 0] });
    const [{ report }] = await conductor.commits(three);
    expect(report!.ranks).toEqual([0, 0, 1, 1]);
    expectAlike(...three);
    conductor.direct(three, 2, { boundaries: [0, 1, 2, 4] });
    expect((await conductor.commits(three))[0].report!.ranks).toEqual([0, 1, 2, 2]);
    conductor.direct(three, 3);
    expect((await conductor.commits(three))[0].report!.ranks).toEqual([0, 1, 2, 2]);
    for (const each of three) expectState(each, 4);
    expectAlike(...three);
  });

  it('write a checkpoint where they are told to, also after all is done, and end with the last word', async () => {
    await conducting();
    const [only] = await workers(1);
    await conductor.formed([only], { ...BEGINNING, boundaries: [0, 4], sources: ['load'] });
    await conductor.commits([only]);
    conductor.direct([only], 1);
    await conductor.commits([only]);
    conductor.direct([only], 2, { save: true, stop: true });
    const { path } = await only.stream.hears('saved');
    expect(existsSync(join(path, 'model.safetensors'))).toBe(true);
    // Of a worker that rests, whose checkpoint was lost with the coordinator.
    conductor.halt([only], 2);
    expect(await conductor.holdings([only])).toEqual([2]);
    conductor.direct([only], 2, { save: true, stop: true });
    expect(await only.stream.hears('saved')).toMatchObject({ step: 2 });
    only.stream.says({ finish: {} });
    expect(await only.end).toBe('finished');
  });
});

describe('workers that have been told to stop', () => {
  it('save also where they are asked to before they rest, since the one that was to save is lost', async () => {
    await conducting();
    const two = await workers(2);
    await conductor.formed(two, { ...BEGINNING, ...PAIR, sources: ['load', 0] });
    await conductor.commits(two);
    conductor.direct(two.slice(1), 1, { stop: true });
    conductor.direct(two.slice(1), 1, { save: true, stop: true });
    expect(await two[1].stream.hears('saved')).toMatchObject({ step: 1 });
    two[1].stream.says({ finish: {} });
    expect(await two[1].end).toBe('finished');
  });
});

describe('a generation that is halted', () => {
  it('when one rank has applied the step and another has not: that one copies it, and the step is not redone', async () => {
    await conducting();
    let letGo: () => void;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const passes = watchedPasses(ground.passes, (pass) => (pass === 'norm' ? held : undefined));
    const two = [await conductor.worker(0), await conductor.worker(1, { passes })];
    await conductor.formed(two, { ...BEGINNING, ...PAIR, sources: ['load', 0] });
    const { report } = await two[0].stream.hears('commit');
    const heard = two[1].untilHalt();
    conductor.halt(two, 2);
    await heard;
    letGo!();
    const ahead = await two[0].stream.hears('halted');
    expect(ahead.holding).toMatchObject({ step: 1, report: { losses: report!.losses, ranks: [0, 0, 1, 1] } });
    expect(await conductor.holdings([two[1]])).toEqual([0]);
    await conductor.formed(two, { generation: 2, step: 1, ...PAIR, sources: ['keep', 0] });
    await conductor.commits(two);
    conductor.halt(two, 3);
    const holdings = await Promise.all(two.map(({ stream }) => stream.hears('halted')));
    expect(holdings.map(({ holding }) => holding!.step)).toEqual([2, 2]);
    for (const each of two) expectState(each, 2);
    expectAlike(...two);
  });
});
