/** What a benchmark's run of the coordinator looks like, and what a process of simulated workers tells of it. */
import { z } from 'zod';

export const fleetSpecSchema = z.object({
  address: z.string(),
  /** Number of the first worker of this process, and how many it has. */
  first: z.number(),
  workers: z.number(),
  /** Of all processes. */
  allWorkers: z.number(),
  rowsPerWorker: z.number(),
  /** Floats in a row of the gather. */
  width: z.number(),
  /** As long as a worker would compute before the gather, and for the optimiser's update after the reduction. */
  computeMs: z.number(),
  updateMs: z.number(),
});

export type FleetSpec = z.infer<typeof fleetSpecSchema>;

/** Times are on the machine's monotonic clock. */
export const fleetStepSchema = z.object({
  step: z.number(),
  /** When the last worker began its gather, and when each had all rows. */
  gatherBegunMs: z.number(),
  gatheredMs: z.array(z.number()),
  /** When the last worker had sent its commit, and when each was told how to go on. */
  committedMs: z.number(),
  directedMs: z.array(z.number()),
});

export type FleetStep = z.infer<typeof fleetStepSchema>;

export const fleetReportSchema = z.object({
  joinedMs: z.array(z.number()),
  assignedMs: z.array(z.number()),
  begunMs: z.number(),
  steps: z.array(fleetStepSchema),
  heartbeats: z.number(),
});

export type FleetReport = z.infer<typeof fleetReportSchema>;
