/**
 * A process of simulated workers:
 *
 *   node fleet.js SPEC     SPEC as in spec.ts, in JSON; prints its report as one line of JSON
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { monotonicMs } from '../clock.js';
import { FleetLog } from './log.js';
import { Reduction } from './reduction.js';
import { simulateWorker } from './simulated-worker.js';
import { fleetSpecSchema } from './spec.js';

const spec = fleetSpecSchema.parse(JSON.parse(process.argv[2]));
const log = new FleetLog(monotonicMs());
const reduction = new Reduction(spec.workers);
const indices = Array.from({ length: spec.workers }, (_, index) => spec.first + index);
const stalls = monitorEventLoopDelay();
stalls.enable();
try {
  await Promise.all(indices.map((index) => simulateWorker({ index, spec, log, reduction })));
} catch (error) {
  // A worker whose heartbeats come late is lost; that need not be the coordinator's fault.
  const seconds = (stalls.max / 1e9).toFixed(1);
  throw new Error(`the workers of this process stood still for ${seconds} s at most`, { cause: error });
}
process.stdout.write(`${JSON.stringify(log.report())}\n`);
