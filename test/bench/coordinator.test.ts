// The benchmark of the coordinator: its arithmetic, and a small run of the real thing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Usage } from '../../bench/coordinator/coordinator-process.js';
import { type Figures, figuresOf, growth, mergeSteps, percentile, spread } from '../../bench/coordinator/figures.js';
import { orderOf } from '../../bench/coordinator/messages.js';
import { Reduction } from '../../bench/coordinator/reduction.js';
import { runOnce } from '../../bench/coordinator/run.js';
import type { FleetReport, FleetStep } from '../../bench/coordinator/spec.js';
import { type CoordinatorMessage, methods } from '../../src/rpc/service.js';

const step = (number: number, startMs: number, lag = 0): FleetStep => ({
  step: number,
  gatherBegunMs: startMs + lag,
  gatheredMs: [startMs + 10, startMs + 20],
  committedMs: startMs + 30 + lag,
  directedMs: [startMs + 40, startMs + 50],
});

const report = (lag: number): FleetReport => ({
  ...{ joinedMs: [100, 200 + lag], assignedMs: [300, 400 + lag], begunMs: 50, heartbeats: 7 },
  steps: [step(0, 1000, lag), step(1, 2000, lag), step(2, 3000, lag)],
});

const usage: Usage[] = [0, 2040, 2500, 3050, 4000].map((atMs) => ({
  atMs,
  cpuMs: atMs / 10,
  memoryMb: 50 + atMs / 100,
}));

describe('the figures', () => {
  it('count from when the last process came to a point, to each worker’s answer', () => {
    expect(mergeSteps([report(0), report(5)])[1]).toEqual({
      ...{ step: 1, gatherBegunMs: 2005, gatheredMs: [2010, 2020, 2010, 2020] },
      ...{ committedMs: 2035, directedMs: [2040, 2050, 2040, 2050] },
    });
    const figures = figuresOf(4, [report(0), report(5)], usage, 1);
    expect(figures.overheadMs).toEqual({ median: 10, p99: 15, max: 15 });
    expect(figures.gatherMs).toEqual({ median: 10, p99: 15, max: 15 });
    expect(figures).toMatchObject({ workers: 4, joinSeconds: 0.155, assignSeconds: 0.2 });
  });

  it('take processor time and memory between the first measured directive and the last', () => {
    const { cores, cpuMsPerStep, memoryMb } = figuresOf(4, [report(0)], usage, 1);
    expect([cores, memoryMb]).toEqual([0.1, 80.5]);
    expect(cpuMsPerStep).toBeCloseTo(101);
  });

  it('know the value that 99 of 100 do not exceed', () => {
    const values = Array.from({ length: 1000 }, (_, index) => 1000 - index);
    expect([percentile(values, 0.99), percentile(values, 1), percentile([3], 0.99)]).toEqual([990, 1000, 3]);
    expect(spread(values)).toEqual({ median: 500.5, p99: 990, max: 1000 });
  });

  it('tell linear growth from one that is faster', () => {
    const sized = (workers: number, memoryMb: number) => ({ workers, memoryMb }) as Figures;
    const linear = growth([sized(1000, 200), sized(250, 50), sized(500, 100)]);
    expect(linear.upper / linear.lower).toBe(1);
    const squared = growth([sized(250, 1 / 16), sized(500, 1 / 4), sized(1000, 1)]);
    expect(squared.upper / squared.lower).toBe(2);
  });
});

it('nobody gets past a reduction before all have come to it', async () => {
  const reduction = new Reduction(2);
  let passed = 0;
  const pass = (): void => void passed++;
  void reduction.together(0).then(pass);
  void reduction.together(1).then(pass);
  await Promise.resolve();
  expect(passed).toBe(0);
  await reduction.together(0);
  expect(passed).toBe(1);
});

it('what a run without failures does not say to a worker is trouble', () => {
  const seen = (message: CoordinatorMessage) => {
    const { responseSerialize, responseDeserialize } = methods.session;
    return orderOf(responseDeserialize(responseSerialize(message)));
  };
  expect(seen({ halt: { generation: 2 } })).toMatchObject({ kind: 'trouble', what: '{"halt":{"generation":2}}' });
  expect(seen({ pulse: { generation: 2 } })).toEqual({ kind: 'pulse' });
});

it('a run with simulated workers goes from their joins to its end, and drops nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlip-bench-coordinator-test-'));
  try {
    const sizes = { workers: 6, rowsPerWorker: 32, width: 1, processes: 2, warmUp: 1, steps: 4 };
    const shape = { ...sizes, computeMs: 200, updateMs: 20, heartbeatMs: 1000 };
    const figures = await runOnce(folder, shape);
    expect(figures).toMatchObject({ workers: 6, dropped: 0 });
    expect(figures.overheadMs.max).toBeGreaterThan(0);
    expect(figures.gatherMs.max).toBeGreaterThan(0);
    expect(figures.memoryMb).toBeGreaterThan(20);
    expect(figures.cpuMsPerStep).toBeGreaterThanOrEqual(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
