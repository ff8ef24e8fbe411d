/** `mlip status`: where a run stands. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { hasCode } from '../../core/errors.js';
import type { RunStatus } from '../../rpc/service.js';
import { addRunChoice } from '../control/run-options.js';
import { withRun, type Ask } from '../control/tell-run.js';
import { addExamples } from '../options.js';
import type { RunChoice } from '../status/find-run.js';
import { leftReport, liveReport } from '../status/report.js';
import { answer } from '../terminal.js';

interface StatusOptions extends RunChoice {
  output: 'text' | 'wide' | 'json';
  json?: boolean;
  watch?: boolean;
}

const WATCH_MS = 2_000;

export function statusCommand(): Command {
  const command = new Command('status')
    .description('show where a run stands: phase, step, rate, time left, workers, last change and its reason')
    .addOption(new Option('-o, --output <form>', 'form').choices(['text', 'wide', 'json']).default('text'))
    .option('--json', 'the same as -o json')
    .option('--watch', 'again every two seconds, until the run has ended')
    .action(status);
  addRunChoice(command);
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
  await withRun(out, options, (ask) => showUntilEnded(() => answerOf(out, options, ask), options.watch === true));
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

/** Where nobody answers, what the run has left does. */
async function answerOf(out: string | undefined, options: StatusOptions, ask: Ask): Promise<Answer> {
  try {
    const { fetchStatus } = await import('../../rpc/launcher.js');
    return await live(await ask(fetchStatus), options);
  } catch (error) {
    const isLeft = hasCode(error, 'MLIP_E_RUN_OVER') || hasCode(error, 'MLIP_E_RPC_UNREACHABLE');
    if (out === undefined || options.coordinator !== undefined || !isLeft) throw error;
    return left(out, options);
  }
}

async function live(found: RunStatus, options: StatusOptions): Promise<Answer> {
  const { describeStatus } = await import('../status/text.js');
  const text = isJson(options) ? JSON.stringify(liveReport(found)) : describeStatus(found, options.output === 'wide');
  return { text, ended: found.phase === 'ended' };
}

async function left(out: string, options: StatusOptions): Promise<Answer> {
  const { readRecord } = await import('../../coordinator/record-keeper.js');
  const { leftRun } = await import('../status/left-run.js');
  const { describeLeft } = await import('../status/text.js');
  const run = leftRun(out, await readRecord(out));
  const text = isJson(options) ? JSON.stringify(leftReport(run)) : describeLeft(run, out);
  return { text, ended: run.outcome !== 'unfinished' };
}

function isJson({ output, json }: StatusOptions): boolean {
  return json === true || output === 'json';
}
