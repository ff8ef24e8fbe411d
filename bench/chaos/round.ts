/** One run that is disturbed from its start to its end, beside a quiet one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../src/core/errors.js';
import { Cluster, runFolder, type ClusterOptions } from './cluster.js';
import { compareRuns, type Comparison } from './compare.js';
import { disturbAll, type Done } from './disturbing.js';
import { endProblems, fatalEnd } from './ends.js';
import { MetricsWatch } from './metrics-watch.js';
import type { Disturbance } from './plan.js';
import { rowsOf, type Row } from './report.js';

export interface RoundOptions extends ClusterOptions {
  readonly plan: readonly Disturbance[];
  /** Output directory of the quiet run. */
  readonly quiet: string;
  readonly limitMs: number;
  readonly progress: (line: string) => void;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

export interface Round {
  /** None where everything was as it should be. */
  readonly problems: readonly string[];
  readonly rows: readonly Row[];
  readonly planned: number;
  readonly generations: number;
  /** Times that the run went back to a checkpoint. */
  readonly rewinds: number;
  readonly seconds: number;
  /** Null where the run did not end well. */
  readonly comparison: Comparison | null;
  /** The end of the log of each process. */
  readonly logs: Readonly<Record<string, readonly string[]>>;
}

const LOOK_MS = 50;

export async function runRound(options: RoundOptions): Promise<Round> {
  const startMs = performance.now();
  const cluster = await Cluster.prepare(options);
  const watch = new MetricsWatch(runFolder(options.out));
  try {
    await cluster.start();
    const [done, failures] = await disturbUntilOver(options, cluster, watch);
    if (failures.length === 0) await cluster.endByItself();
    watch.close();
    const comparison = failures.length === 0 ? await compare(options) : null;
    return {
      problems: [
        ...failures,
        ...tooFew(done, options),
        ...rewound(watch),
        ...endProblems(cluster),
        ...(comparison?.problems ?? []),
      ],
      rows: rowsOf(done, watch.applied, startMs),
      planned: options.plan.length,
      generations: Math.max(0, ...watch.applied.map(({ generation }) => generation)),
      rewinds: watch.rewinds,
      seconds: (performance.now() - startMs) / 1000,
      comparison,
      logs: logsOf(cluster),
    };
  } finally {
    watch.close();
    await cluster.close();
  }
}

/** What was done, and why the run did not end well; nothing where it did. */
async function disturbUntilOver(
  { plan, limitMs, signal, progress }: RoundOptions,
  cluster: Cluster,
  watch: MetricsWatch,
): Promise<[Done[], string[]]> {
  const over = new AbortController();
  const done: Done[] = [];
  const failures: string[] = [];
  const onDone = (one: Done): void => {
    done.push(one);
    progress(`  step ${watch.step}: ${one.kind} (${one.lastsMs} ms), ${one.hit}`);
  };
  const disturbing = disturbAll({ plan, cluster, watch, signal: over.signal, onDone });
  disturbing.catch((error: unknown) => failures.push(`a disturbance failed: ${messageOf(error)}`));
  const deadlineMs = performance.now() + limitMs;
  while (!cluster.over && failures.length === 0) {
    const failure = fatalEnd(cluster) ?? lateness(signal, deadlineMs, limitMs);
    if (failure !== null) failures.push(failure);
    await sleep(LOOK_MS);
  }
  over.abort();
  await disturbing.catch(() => undefined);
  return [done, failures];
}

/** Those for which nobody was there to be hit are put off, and may come too late. */
const LEAST_SHARE = 0.8;

function tooFew(done: readonly Done[], { plan }: RoundOptions): string[] {
  if (done.length >= LEAST_SHARE * plan.length) return [];
  return [`${done.length} of ${plan.length} disturbances happened before the run was over: too few`];
}

/** Somebody with the state is always left alive: nothing may have to be computed again. */
function rewound({ rewinds }: MetricsWatch): string[] {
  return rewinds === 0 ? [] : [`the run went back to a checkpoint ${rewinds} time(s), though no state was lost`];
}

function lateness(signal: AbortSignal, deadlineMs: number, limitMs: number): string | null {
  if (signal.aborted) return 'interrupted';
  return performance.now() > deadlineMs ? `the run was not over within ${limitMs / 1000} s` : null;
}

async function compare({ quiet, out }: RoundOptions): Promise<Comparison> {
  try {
    return await compareRuns(quiet, runFolder(out));
  } catch (error) {
    return { problems: [messageOf(error)], worst: { difference: Infinity, where: '' }, sameState: false };
  }
}

function logsOf({ processes }: Cluster): Round['logs'] {
  return Object.fromEntries(processes.filter(({ log }) => log.length > 0).map(({ name, log }) => [name, log]));
}
