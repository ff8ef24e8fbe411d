/**
 * A process of simulated workers:
 *
 *   node fleet.js SPEC     SPEC as in spec.ts, in JSON; prints its report as one line of JSON
 */
import { monotonicMs } from '../clock.js';
import { FleetLog } from './log.js';
import { Reduction } from './reduction.js';
import { simulateWorker } from './simulated-worker.js';
import { fleetSpecSchema } from './spec.js';

const spec = fleetSpecSchema.parse(JSON.parse(process.argv[2]));
const log = new FleetLog(monotonicMs());
const reduction = new Reduction(spec.workers);
const indices = Array.from({ length: spec.workers }, (_, index) => spec.first + index);
await Promise.all(indices.map((index) => simulateWorker({ index, spec, log, reduction })));
process.stdout.write(`${JSON.stringify(log.report())}\n`);
