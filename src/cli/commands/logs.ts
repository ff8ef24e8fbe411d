/** `mlip logs`: what the processes of a run have said. */
import { once } from 'node:events';
import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT } from '../../core/errors.js';
import { LOG_LEVELS, type LogLevel } from '../../core/log.js';
import { addAccessOptions } from '../access.js';
import { onInterrupt } from '../launch/interrupt.js';
import { commandLogger } from '../logging.js';
import type { FoundLines, LogQuery } from '../logs/log-source.js';
import { addExamples, parseCount } from '../options.js';
import { accessTo, openFinder, type RunChoice } from '../status/find-run.js';
import { addStoreOptions } from '../store-options.js';
import { say } from '../terminal.js';

interface LogsOptions extends RunChoice {
  follow?: boolean;
  rank?: number;
  worker?: number;
  level?: LogLevel;
  since?: number;
  json?: boolean;
}

export function logsCommand(): Command {
  const command = new Command('logs')
    .description('show what the coordinator and the workers of a run have said, and point out the first failure')
    .argument('[out]', 'output directory of the run')
    .option('--coordinator <host:port>', 'address of its coordinator, where the directory is not at hand')
    .option('--run <name>', 'name of the run in the store; not needed where there is one only')
    .option('-f, --follow', 'go on with what is said, until the run has ended')
    .option('--worker <n>', 'only lines of that worker, or about it', parseCount)
    .option('--rank <n>', 'only lines of the worker that had that rank', parseCount)
    .addOption(new Option('--level <level>', 'no lines below it').choices([...LOG_LEVELS]))
    .option(
      '--since <time>',
      'only what is not older: 90s, 10m, 2h, 1d, or a time such as 2026-03-14T15:00Z',
      parseSince,
    )
    .option('--json', 'print each line as a JSON object, as it is in OUT/logs.jsonl')
    .action(logs);
  addStoreOptions(command);
  addAccessOptions(command, 'then that of the output directory');
  return addExamples(
    command,
    'mlip logs runs/first -f',
    'mlip logs runs/first --level warn --since 10m',
    'mlip logs --nats nats:4222 --run large --token-file token --worker 3',
  );
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds since 1970. */
function parseSince(text: string): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const timeMs = count === undefined ? Date.parse(text) : Date.now() - Number(count) * UNITS_MS[unit];
  if (Number.isNaN(timeMs)) throw new InvalidArgumentError('It must be a time, or an age such as 90s, 10m, 2h, 1d.');
  return timeMs;
}

async function logs(out: string | undefined, options: LogsOptions): Promise<void> {
  const stop = new AbortController();
  const removeHandlers = onInterrupt({ first: () => stop.abort(), again: () => process.exit(EXIT.interrupted) });
  const { level = null, worker = null, rank = null, since: sinceMs = 0, follow = false } = options;
  const query = { filter: { level, worker, rank, sinceMs }, follow, signal: stop.signal };
  try {
    await show(out === undefined ? ofCoordinator(options, query) : inDirectory(out, query), options.json === true);
  } finally {
    removeHandlers();
  }
}

async function* inDirectory(out: string, query: LogQuery): AsyncGenerator<FoundLines> {
  const { linesInDirectory } = await import('../logs/log-source.js');
  yield* linesInDirectory(out, query);
}

async function* ofCoordinator(options: LogsOptions, query: LogQuery): AsyncGenerator<FoundLines> {
  const { linesOfCoordinator } = await import('../logs/log-source.js');
  const access = accessTo(undefined, options, commandLogger('logs'));
  const finder = await openFinder(undefined, options);
  try {
    yield* linesOfCoordinator(finder, access, query);
  } finally {
    await finder.close();
  }
}

async function show(found: AsyncGenerator<FoundLines>, asJson: boolean): Promise<void> {
  const { describeLine } = await import('../logs/line-text.js');
  let first: FoundLines['firstFailure'] = null;
  for await (const { lines, firstFailure } of found) {
    first = firstFailure;
    const text = lines.map((line) => `${asJson ? JSON.stringify(line) : describeLine(line)}\n`).join('');
    // Whoever reads slowly is not read ahead of.
    if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
  }
  if (first !== null) say(`the first failure: ${describeLine(first)}`);
}
