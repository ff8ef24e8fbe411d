/**
 * `npm run chaos -- --minutes 30 [--seed N]`: runs of real processes that are killed, stopped and cut off at random, each beside
 * a quiet run of the same configuration. Exit status 1 where they are not the same. docs/fault-tolerance.md tells more.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../src/core/errors.js';
import { findNatsServer, provideNatsServer } from '../../test/support/nats-provision.js';
import { campaign, type CampaignOptions, type SeededRound } from './campaign.js';
import type { StoreKind } from './kinds.js';
import { formatCosts, formatFailure, formatRows, formatVerdict } from './print.js';
import { costsOf } from './report.js';
import type { Method } from './settings.js';

interface Flags {
  minutes: number;
  rounds?: number;
  seed?: number;
  steps: number;
  disturbances: number;
  store?: StoreKind;
  method?: Method;
  latency: number;
  limit: number;
  keep?: boolean;
  json?: boolean;
}

const STORES: readonly StoreKind[] = ['nats', 'alone', 'directory'];
const METHODS: readonly Method[] = ['contrast', 'whole'];
const HIGHEST_SEED = 1_000_000;

await new Command('npm run chaos --')
  .description('disturbs runs of real processes at random, and compares them with a quiet one')
  .option('--minutes <n>', 'begins no further round after so long', count, 5)
  .option('--rounds <n>', 'this many rounds, however long they take', count)
  .option('--seed <n>', 'of the first round; random by default', count)
  .option('--steps <n>', 'of a round', count, 60)
  .option('--disturbances <n>', 'of a round', count, 30)
  .addOption(new Option('--store <kind>', 'the same for all rounds; in turn by default').choices(STORES))
  .addOption(new Option('--method <name>', 'the same for all rounds; in turn by default').choices(METHODS))
  .option('--latency <ms>', 'of each connection, each way', count, 30)
  .option('--limit <s>', 'until a round must be over', count, 600)
  .option('--keep', 'leave what was written also where nothing failed')
  .option('--json', 'print the result as one JSON object')
  .action(main)
  .parseAsync();

async function main(flags: Flags): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mlip-chaos-'));
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stop.abort());
  // All processes are let in by the same token.
  process.env['MLIP_TOKEN'] ??= randomBytes(16).toString('hex');
  const rounds: SeededRound[] = [];
  try {
    const options = await optionsOf(flags, folder, stop.signal);
    for await (const round of campaign(options, () => goesOn(flags, rounds))) {
      rounds.push(round);
      say(formatRows(round.rows));
      say(formatVerdict(round));
      if (round.problems.length > 0) say(formatFailure(round, againCommand(flags, round)));
      else if (!flags.keep) rmSync(round.out, { recursive: true });
    }
  } catch (error) {
    say(messageOf(error));
    process.exitCode = 1;
  }
  conclude(flags, rounds, folder);
}

/** Not after a round that failed. The clock began with the process. */
function goesOn({ minutes, rounds: most }: Flags, rounds: readonly SeededRound[]): boolean {
  if (rounds.some(({ problems }) => problems.length > 0)) return false;
  return most === undefined ? performance.now() < minutes * 60_000 : rounds.length < most;
}

async function optionsOf(flags: Flags, folder: string, signal: AbortSignal): Promise<CampaignOptions> {
  const stores = flags.store === undefined ? STORES : [flags.store];
  if (stores.includes('nats')) await provideNatsServer();
  return {
    ...{ folder, signal, stores, seed: flags.seed ?? randomInt(HIGHEST_SEED), steps: flags.steps },
    ...{ count: flags.disturbances, methods: flags.method === undefined ? METHODS : [flags.method] },
    ...{ latencyMs: flags.latency, limitMs: flags.limit * 1000, natsServer: findNatsServer(), progress: say },
  };
}

function againCommand({ steps, disturbances, latency }: Flags, { seed, store, method }: SeededRound): string {
  return (
    `npm run chaos -- --rounds 1 --seed ${seed} --store ${store} --method ${method} ` +
    `--steps ${steps} --disturbances ${disturbances} --latency ${latency}`
  );
}

function conclude({ keep, json }: Flags, rounds: readonly SeededRound[], folder: string): void {
  const failed = rounds.filter(({ problems }) => problems.length > 0);
  if (failed.length > 0) process.exitCode = 1;
  const rows = rounds.flatMap((round) => round.rows);
  if (json) process.stdout.write(`${JSON.stringify({ rounds, costs: costsOf(rows) })}\n`);
  else process.stdout.write(`${formatCosts(rows)}\n${rounds.length} rounds, ${failed.length} failed\n`);
  if (keep || process.exitCode === 1) say(`what was written: ${folder}`);
  else rmSync(folder, { recursive: true });
}

function count(value: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It must be a whole number.');
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
