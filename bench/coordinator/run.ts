/** One run of a real coordinator with simulated workers, from their joins to the end of the run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.js';
import { runChild } from '../child.js';
import { type CoordinatorProcess, startCoordinator } from './coordinator-process.js';
import { type Figures, figuresOf } from './figures.js';
import { fleetReportSchema, type FleetReport, type FleetSpec } from './spec.js';

export interface RunShape {
  workers: number;
  rowsPerWorker: number;
  /** Floats in a row of the gather. */
  width: number;
  /** Processes that the workers are spread over. */
  processes: number;
  warmUp: number;
  /** Measured ones. */
  steps: number;
  computeMs: number;
  updateMs: number;
  heartbeatMs: number;
}

export interface RunFigures extends Figures {
  /** Joins, answers and lines of the run's files that are missing. */
  dropped: number;
  /** Sent by all workers. */
  heartbeats: number;
}

export async function runOnce(folder: string, shape: RunShape): Promise<RunFigures> {
  const { workers, warmUp, steps } = shape;
  const coordinator = await startCoordinator(folder, workers, configOf(shape));
  try {
    const fleets = Promise.all(fleetSpecs(coordinator.address, shape).map(runFleet));
    const [reports] = await Promise.all([fleets, coordinator.ended]);
    const heartbeats = reports.reduce((sum, report) => sum + report.heartbeats, 0);
    const figures = figuresOf(workers, reports, coordinator.usage, warmUp);
    const dropped = missing(reports, workers, warmUp + steps) + missingLines(coordinator, workers, warmUp + steps);
    return { ...figures, heartbeats, dropped };
  } finally {
    coordinator.kill();
  }
}

function configOf({ workers, rowsPerWorker, warmUp, steps, heartbeatMs }: RunShape): object {
  return {
    batchSize: workers * rowsPerWorker,
    microBatchSize: rowsPerWorker,
    steps: warmUp + steps,
    timeouts: { heartbeatMs },
    data: { manifest: 'simulated.jsonl' },
  };
}

function fleetSpecs(address: string, { workers, processes, ...shape }: RunShape): FleetSpec[] {
  const { rowsPerWorker, width, computeMs, updateMs } = shape;
  const bounds = Array.from({ length: processes + 1 }, (_, index) => Math.round((index * workers) / processes));
  return bounds.slice(1).map((end, index) => ({
    ...{ address, first: bounds[index], workers: end - bounds[index], allWorkers: workers },
    ...{ rowsPerWorker, width, computeMs, updateMs },
  }));
}

const FLEET = join(packageRoot, 'dist', 'bench', 'coordinator', 'fleet.js');

async function runFleet(spec: FleetSpec): Promise<FleetReport> {
  return fleetReportSchema.parse(await runChild(process.execPath, [FLEET, JSON.stringify(spec)], 1));
}

/** Answers that some worker did not get. */
function missing(reports: readonly FleetReport[], workers: number, steps: number): number {
  const count = (of: (report: FleetReport) => number): number => reports.reduce((sum, report) => sum + of(report), 0);
  const answers = count(({ steps: all }) =>
    all.reduce((sum, step) => sum + step.gatheredMs.length + step.directedMs.length, 0),
  );
  return 2 * workers * steps - answers + workers - count(({ joinedMs }) => joinedMs.length);
}

/** Lines that the run's files lack: one a step in metrics.jsonl, one a micro-batch in ledger.jsonl. */
function missingLines({ out }: CoordinatorProcess, workers: number, steps: number): number {
  const lines = (file: string): number => readFileSync(join(out, file), 'utf8').trim().split('\n').length;
  return Math.abs(steps - lines('metrics.jsonl')) + Math.abs(steps * workers - lines('ledger.jsonl'));
}
