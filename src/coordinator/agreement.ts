/** Whether all ranks loaded the same; if not, which one is odd. */
import type { Loaded } from './events.js';
import type { Cause } from './state.js';
import { ranksPhrase } from './wording.js';

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
  {
    key: 'parametersHash',
    describe: (hash) => `parameters ${hash}`,
    remedy: 'Use the same version of mlip and TensorFlow on every machine.',
  },
];

/** The first disagreement, in order of rank; null where there is none. */
export function disagreement(reports: readonly Loaded[]): Cause | null {
  for (const { key, describe, remedy } of COMPARED) {
    const groups = groupRanks(reports.map((report) => String(report[key])));
    if (groups.length === 1) continue;
    const message = groups
      .map(({ value, ranks }) => `${ranksPhrase(ranks)} ${verb(ranks)} ${describe(value)}`)
      .join(', ');
    const rank = oddRank(groups, reports.length);
    return { code: 'MLIP_E_RUN_MISMATCH', message, where: rank === null ? '' : `rank ${rank}`, remedy, rank };
  }
  return null;
}

function verb(ranks: readonly number[]): string {
  return ranks.length === 1 ? 'has' : 'have';
}

interface Group {
  value: string;
  ranks: number[];
}

/** Largest group last, so that a message begins with what is odd. */
function groupRanks(values: readonly string[]): Group[] {
  const distinct = [...new Set(values)].map((value) => ({
    value,
    ranks: values.flatMap((other, rank) => (other === value ? [rank] : [])),
  }));
  return distinct.sort((a, b) => a.ranks.length - b.ranks.length || a.ranks[0] - b.ranks[0]);
}

/** The first rank outside a majority; null where there is no majority. */
function oddRank(groups: readonly Group[], world: number): number | null {
  return groups.at(-1)!.ranks.length * 2 > world ? groups[0].ranks[0] : null;
}
