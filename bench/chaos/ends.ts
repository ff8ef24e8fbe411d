/** How processes may end, and how they may not. */
import { EXIT } from '../../src/core/errors.js';
import type { Cluster } from './cluster.js';
import type { ProcessEnd, Supervised } from './supervised.js';

/** Of a coordinator that can't go on, and says so; any other end is made good by its next start. */
const FATAL: ReadonlySet<number | null> = new Set([EXIT.failure, EXIT.usage, EXIT.badInput, EXIT.runFailed]);

/** The end that the run will not get over; null while there is none. */
export function fatalEnd({ coordinators }: Cluster): string | null {
  for (const process of coordinators) {
    const end = process.ends.find(({ status }) => FATAL.has(status));
    if (end !== undefined) return describe(process, end);
  }
  return null;
}

/** Who ended though nothing was done to that very process. */
export function endProblems({ coordinators, slots }: Cluster): string[] {
  const all = [...coordinators, ...slots.map(({ process }) => process)];
  return all.flatMap((process) =>
    process.ends.filter((end) => !isInOrder(process, end)).map((end) => describe(process, end)),
  );
}

/** At the end of the run a worker that has not found it yet is looking for its coordinator still. */
function isInOrder(process: Supervised, { pid, status, tookPart }: ProcessEnd): boolean {
  return status === EXIT.ok || status === EXIT.again || process.excused.has(pid) || !tookPart;
}

function describe({ name }: Supervised, { pid, status, signal }: ProcessEnd): string {
  return `${name} (process ${pid}) ended: ${signal ?? `status ${status}`}, though nothing was done to it`;
}
