/** Rounds one after the other, until the time is over or one fails. Everything is started in one folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreKind } from './kinds.js';
import { planDisturbances } from './plan.js';
import { runQuietly } from './quiet.js';
import { runRound, type Round } from './round.js';
import { prepareTrial, type Method, type Trial } from './settings.js';

export interface CampaignOptions {
  readonly folder: string;
  /** Of the first round; each round has the next one. */
  readonly seed: number;
  readonly steps: number;
  /** Disturbances of a round. */
  readonly count: number;
  /** One for each round, in turn. */
  readonly stores: readonly StoreKind[];
  readonly methods: readonly Method[];
  readonly latencyMs: number;
  readonly limitMs: number;
  readonly natsServer?: string | undefined;
  readonly progress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What a round was. */
export interface RoundFacts {
  readonly seed: number;
  readonly store: StoreKind;
  readonly method: Method;
  /** Where it ran. */
  readonly out: string;
}

export type SeededRound = Round & RoundFacts;

/** @param more asked before each round but the first */
export async function* campaign(options: CampaignOptions, more: () => boolean): AsyncGenerator<SeededRound> {
  const { seed, stores, methods, progress } = options;
  for (let index = 0; index === 0 || more(); index++) {
    const facts = {
      ...{ seed: seed + index, store: stores[index % stores.length] },
      method: methods[Math.floor(index / stores.length) % methods.length],
      out: join(options.folder, `round-${seed + index}`),
    };
    progress(`seed ${facts.seed}: store ${facts.store}, method ${facts.method}`);
    yield { ...facts, ...(await oneRound(options, facts)) };
  }
}

async function oneRound(options: CampaignOptions, { seed, store, method, out }: RoundFacts): Promise<Round> {
  const { steps, count } = options;
  const { trial, quiet } = await quietRun(options, method);
  const plan = planDisturbances({ seed, steps, count, store });
  return runRound({ ...options, trial, quiet, plan, store, out });
}

/** Once for each method. */
async function quietRun(
  { folder, steps, progress }: CampaignOptions,
  method: Method,
): Promise<{ trial: Trial; quiet: string }> {
  const own = join(folder, method);
  const quiet = join(own, 'quiet');
  const trial = await prepareTrial({ folder: own, method, steps });
  if (existsSync(quiet)) return { trial, quiet };
  progress(`the quiet run of ${method}`);
  await runQuietly(trial, quiet);
  return { trial, quiet };
}
