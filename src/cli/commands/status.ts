/** `mlip status`: where a run stands. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import type { RunRecord } from '../../coordinator/run-record.js';
import { hasCode } from '../../core/errors.js';
import type { Access } from '../../security/access.js';
import { addAccessOptions } from '../access.js';
import { commandLogger } from '../logging.js';
import { addExamples } from '../options.js';
import { accessTo, openFinder, type RunChoice, type RunFinder } from '../status/find-run.js';
import { addStoreOptions } from '../store-options.js';
import { answer } from '../terminal.js';

interface StatusOptions extends RunChoice {
  output: 'text' | 'wide' | 'json';
  json?: boolean;
  watch?: boolean;
}

const WATCH_MS = 2_000;
const ANSWER_MS = 5_000;

export function statusCommand(): Command {
  const command = new Command('status')
    .description('show where a run stands: phase, step, rate, time left, workers, last change and its reason')
    .argument('[out]', 'output directory of the run')
    .option('--coordinator <host:port>', 'address of its coordinator')
    .option('--run <name>', 'name of the run in the store; not needed where there is one only')
    .addOption(new Option('-o, --output <form>', 'form').choices(['text', 'wide', 'json']).default('text'))
    .option('--json', 'the same as -o json')
    .option('--watch', 'again every two seconds, until the run has ended')
    .action(status);
  addStoreOptions(command);
  addAccessOptions(command, 'then that of the output directory');
  return addExamples(
    command,
    'mlip status runs/first',
    'mlip status --nats nats:4222 --run large --token-file token -o wide --watch',
  );
}

interface Answer {
  text: string;
  ended: boolean;
}

async function status(out: string | undefined, options: StatusOptions): Promise<void> {
  const access = accessTo(out, options, commandLogger('status'));
  const finder = await openFinder(out, options);
  try {
    await showUntilEnded(() => ask(out, options, access, finder), options.watch === true);
  } finally {
    await finder.close();
  }
}

/** Once only where it is not watched. */
async function showUntilEnded(next: () => Promise<Answer>, watched: boolean): Promise<void> {
  for (let lines = 0; ; await sleep(WATCH_MS)) {
    const { text, ended } = await next();
    // On a terminal each answer takes the place of the one before.
    if (lines > 0 && process.stdout.isTTY) process.stdout.write(`\x1b[${lines}A\x1b[J`);
    answer(text);
    if (ended || !watched) return;
    lines = text.split('\n').length;
  }
}

/** Of a run that has ended nobody answers any more. */
async function ask(
  out: string | undefined,
  options: StatusOptions,
  access: Access,
  finder: RunFinder,
): Promise<Answer> {
  const { readRecord } = await import('../../coordinator/record-keeper.js');
  const record = out === undefined ? null : await readRecord(out);
  if (out !== undefined && record?.ended === true) return left(out, record, options);
  const { fetchStatus } = await import('../../rpc/launcher.js');
  const { describeStatus } = await import('../status/text.js');
  const address = await finder.address();
  try {
    const found = await fetchStatus(address, { access, timeoutMs: ANSWER_MS });
    const text = isJson(options) ? JSON.stringify(found) : describeStatus(found, options.output === 'wide');
    return { text, ended: found.phase === 'ended' };
  } catch (error) {
    if (out === undefined || !hasCode(error, 'MLIP_E_RPC_UNREACHABLE')) throw error;
    // It may have ended meanwhile.
    return await left(out, await readRecord(out), options);
  }
}

async function left(out: string, record: RunRecord | null, options: StatusOptions): Promise<Answer> {
  const { leftRun } = await import('../status/left-run.js');
  const { describeLeft } = await import('../status/text.js');
  const run = leftRun(out, record);
  return { text: isJson(options) ? JSON.stringify(run) : describeLeft(run, out), ended: run.outcome !== 'unfinished' };
}

function isJson({ output, json }: StatusOptions): boolean {
  return json === true || output === 'json';
}
