/**
 * `npm run bench -- NAME [--json]`: measures mlip beside what it wants to beat, both in one run on this machine.
 * The report goes to stdout, as a table or as one line of JSON; progress goes to stderr.
 */
import { Command, InvalidArgumentError } from 'commander';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { didYouMean } from '../src/config/suggest.js';
import { formatError, messageOf, MlipError } from '../src/core/errors.js';
import { packageRoot } from '../src/core/package-root.js';
import type { Benchmark } from './benchmark.js';
import { describeMachine } from './machine.js';
import { checkpointBenchmark } from './checkpoint/benchmark.js';
import { coordinatorBenchmark } from './coordinator/benchmark.js';
import { gatherBenchmark } from './coordinator/gather.js';
import { recoveryBenchmark } from './recovery/benchmark.js';
import { stepBenchmark } from './step/benchmark.js';
import { stragglersBenchmark } from './stragglers/benchmark.js';
import { formatReport } from './table.js';

/** Every benchmark of the project by its name. */
const BENCHMARKS: Record<string, Benchmark> = {
  step: stepBenchmark,
  checkpoint: checkpointBenchmark,
  recovery: recoveryBenchmark,
  coordinator: coordinatorBenchmark,
  gather: gatherBenchmark,
  stragglers: stragglersBenchmark,
};

const DEFAULTS = { threads: availableParallelism(), rounds: 3, steps: 5 };

const BUSY_LOAD = 0.5;
const BUSY_NOTE = 'Something else was running, so times are not to be trusted: before the start the load was';

interface Flags extends Partial<typeof DEFAULTS> {
  json: boolean;
}

function positiveInteger(value: string): number {
  const parsed = Number(value);
  if (Number.isInteger(parsed) && parsed > 0) return parsed;
  throw new InvalidArgumentError('It must be a positive integer.');
}

function makeCommand(): Command {
  const list = Object.entries(BENCHMARKS).map(describe);
  return new Command('npm run bench --')
    .argument('<name>', 'the benchmark')
    .option('--json', 'print the report as one line of JSON', false)
    .option('--threads <n>', 'intra-op threads of either side', positiveInteger)
    .option('--rounds <n>', 'processes of each side, in turn', positiveInteger)
    .option('--steps <n>', 'measured steps of a process', positiveInteger)
    .addHelpText('after', ['', 'Benchmarks:', ...list].join('\n'))
    .exitOverride((exit) => process.exit(exit.exitCode === 0 ? 0 : 2))
    .action(runBenchmark);
}

function describe([name, { description, defaults }]: [string, Benchmark]): string {
  const { threads, rounds, steps } = { ...DEFAULTS, ...defaults };
  return `  ${name}  ${description} (--threads ${threads} --rounds ${rounds} --steps ${steps})`;
}

async function runBenchmark(name: string, { json, ...given }: Flags): Promise<void> {
  const benchmark = findBenchmark(name);
  const machine = describeMachine();
  const progress = (line: string): boolean => process.stderr.write(`${line}\n`);
  const measurements = await benchmark.run({ ...DEFAULTS, ...benchmark.defaults, ...given, progress });
  const versions = { mlip: ownVersion(), node: process.versions.node, ...measurements.versions };
  const notes = [
    ...measurements.notes,
    ...(machine.loadBefore > BUSY_LOAD ? [`${BUSY_NOTE} ${machine.loadBefore}.`] : []),
  ];
  const report = { name, machine, ...measurements, versions, notes };
  process.stdout.write(`${json ? JSON.stringify(report) : formatReport(report)}\n`);
}

function findBenchmark(name: string): Benchmark {
  const names = Object.keys(BENCHMARKS);
  if (names.includes(name)) return BENCHMARKS[name];
  throw new MlipError('MLIP_E_USAGE', `there is no benchmark ${name}`, {
    where: 'npm run bench',
    remedy: `${didYouMean(name, names)}Benchmarks: ${names.join(', ')}.`,
  });
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return version;
}

try {
  await makeCommand().parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof MlipError ? formatError(error) : messageOf(error)}\n`);
  process.exitCode = error instanceof MlipError ? error.exitCode : 1;
}
