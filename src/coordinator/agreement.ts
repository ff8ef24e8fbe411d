/** Whether all workers loaded the same; if not, which one is odd. */
import type { Failure } from '../rpc/failure.js';
import type { Loaded } from './events.js';
import type { Cause, Member } from './state.js';
import { workersPhrase } from './wording.js';

const COMPARED: readonly { key: keyof Loaded; describe: (value: string) => string; remedy: string }[] = [
  {
    key: 'rows',
    describe: (rows) => `${rows} training rows`,
    remedy: 'Give every worker the same manifest.',
  },
  {
    key: 'dataHash',
    describe: (hash) => `data ${hash}`,
    remedy: 'Give every worker the same manifest, vocabulary and images.',
  },
];

/** The first disagreement among workers that have loaded, in order of number; null where there is none. */
export function disagreement(members: readonly Member[]): Cause | null {
  for (const { key, describe, remedy } of COMPARED) {
    const groups = groupBy(members, ({ loaded }) => String(loaded![key]));
    if (groups.length === 1) continue;
    const message = groups
      .map(({ value, workers }) => `${workersPhrase(workers)} ${verb(workers)} ${describe(value)}`)
      .join(', ');
    const worker = oddOne(groups, members.length);
    return { code: 'MLIP_E_RUN_MISMATCH', message, where: worker === null ? '' : `worker ${worker}`, remedy, worker };
  }
  return null;
}

/** What a worker that comes later has loaded otherwise than the run; null where it is the same. */
export function difference({ worker, loaded }: Member, reference: Loaded): Failure | null {
  const odd = COMPARED.find(({ key }) => loaded![key] !== reference[key]);
  if (odd === undefined) return null;
  const { key, describe, remedy } = odd;
  const [own, those] = [loaded![key], reference[key]].map((value) => describe(String(value)));
  return {
    code: 'MLIP_E_RUN_MISMATCH',
    message: `worker ${worker} has ${own}, the run ${those}`,
    where: `worker ${worker}`,
    remedy,
  };
}

function verb(workers: readonly number[]): string {
  return workers.length === 1 ? 'has' : 'have';
}

export interface Group {
  value: string;
  workers: number[];
}

/** Members that say the same. Largest group last, so that a message begins with what is odd. */
export function groupBy(members: readonly Member[], valueOf: (member: Member) => string): Group[] {
  const groups = new Map<string, number[]>();
  for (const member of members) {
    const value = valueOf(member);
    groups.set(value, [...(groups.get(value) ?? []), member.worker]);
  }
  const list = Array.from(groups, ([value, workers]) => ({ value, workers }));
  return list.sort((a, b) => a.workers.length - b.workers.length || a.workers[0] - b.workers[0]);
}

/** The first worker outside a majority; null where there is no majority. */
function oddOne(groups: readonly Group[], all: number): number | null {
  return groups.at(-1)!.workers.length * 2 > all ? groups[0].workers[0] : null;
}
