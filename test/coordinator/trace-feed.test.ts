// Timings of steps that somebody asks a coordinator for, over real calls: from workers that tell, that do not, and that are lost.
import { afterEach, describe, expect, it } from 'vitest';
import { Collector } from './trace-collector.js';
import { inspectProcesses, traceSteps } from '../../src/rpc/launcher.js';
import type { StepTimingsSeen, TracePartSeen } from '../../src/rpc/service.js';
import { testAccess } from '../support/access.js';
import { metricsOf, startRun, startWorkers, testConfig, until, type TestRun } from './harness.js';

const runs: TestRun[] = [];
afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.stop();
    await run.outcome;
  }
});

async function training(): Promise<TestRun> {
  const run = await startRun({ config: testConfig({ steps: 100_000 }) });
  runs.push(run);
  startWorkers(run.address, 2, { stepMs: 20 });
  await until(() => metricsOf(run.out).length > 2);
  return run;
}

async function traced(run: TestRun, steps: number, limitMs: number): Promise<TracePartSeen[]> {
  const parts: TracePartSeen[] = [];
  for await (const part of traceSteps(run.address, { access: testAccess, steps, limitMs })) parts.push(part);
  return parts;
}

const hasSpans = ({ timings }: TracePartSeen): boolean => timings!.spans.length > 0;

it('workers that do not tell are waited for no longer than a few seconds, and named', async () => {
  const parts = await traced(await training(), 3, 60_000);
  const own = parts.filter(hasSpans);
  expect(own).toHaveLength(3);
  const [{ step: first }] = own.map(({ timings }) => timings!);
  expect(own.map(({ timings }) => timings!.step)).toEqual([first, first + 1, first + 2]);
  for (const { timings } of own) expect(timings!.spans.map(({ name }) => name)).toEqual(['step', 'gather']);
  const silent = parts.filter((part) => !hasSpans(part)).map(({ worker, timings }) => [worker, timings!.step]);
  expect(silent.sort()).toEqual([0, 1].flatMap((worker) => [0, 1, 2].map((offset) => [worker, first + offset])).sort());
}, 30_000);

it('what has come by the limit is the answer', async () => {
  const startedMs = performance.now();
  const parts = await traced(await training(), 1_000, 1_500);
  expect(performance.now() - startedMs).toBeLessThan(20_000);
  expect(parts.filter(hasSpans).length).toBeGreaterThan(2);
}, 30_000);

it('processes that do not say what they are doing are named', async () => {
  const run = await training();
  const found = [];
  for await (const report of inspectProcesses(run.address, { access: testAccess, limitMs: 500 })) found.push(report);
  const [coordinator, ...workers] = found;
  expect(JSON.parse(coordinator.report)).toMatchObject({ phase: 'training', pid: process.pid });
  expect(workers.map(({ worker, report }) => [worker, report]).sort()).toEqual([
    [0, ''],
    [1, ''],
  ]);
}, 30_000);

describe('a step', () => {
  const timings = (step: number, abandoned = false): StepTimingsSeen => ({
    ...{ step, generation: 1, rank: 0, abandoned },
    spans: [{ name: 'step', track: 'phases', startMs: 1, durationMs: 1 }],
  });

  it('is whole when all ranks that were in it have told, whoever is first', () => {
    const { feed, call, asked } = new Collector([3, 5], 7);
    feed.receive(call.of(2));
    expect(asked).toEqual([[7, 9]]);
    feed.ofWorker(3, timings(7));
    feed.ofWorker(5, timings(7));
    feed.stepped(timings(7));
    feed.stepped(timings(8));
    feed.ofWorker(5, timings(8));
    expect(call.ended).toBe(false);
    feed.ofWorker(3, timings(8));
    expect(call.ended).toBe(true);
    expect(call.parts.map(({ worker, timings: told }) => [worker ?? null, told!.step])).toEqual([
      [3, 7],
      [5, 7],
      [null, 7],
      [null, 8],
      [5, 8],
      [3, 8],
    ]);
  });

  it('that was abandoned is told and told again when it is redone, by those who are left', () => {
    const collector = new Collector([3, 5], 0);
    const { feed, call, asked } = collector;
    feed.receive(call.of(1));
    feed.ofWorker(3, timings(0, true));
    feed.stepped(timings(0, true));
    collector.ranks = [3];
    feed.generationBegins();
    expect(asked).toHaveLength(2);
    feed.ofWorker(3, timings(0));
    feed.stepped(timings(0));
    expect(call.ended).toBe(true);
    expect(call.parts.map(({ timings: told }) => told!.abandoned)).toEqual([true, true, false, false]);
  });

  it('that nobody asked for is not told', () => {
    const { feed, call } = new Collector([3], 4);
    feed.receive(call.of(1));
    for (const step of [3, 5]) {
      feed.ofWorker(3, timings(step));
      feed.stepped(timings(step));
    }
    expect(call.parts).toEqual([]);
    feed.close();
    expect(call.ended).toBe(true);
  });
});
