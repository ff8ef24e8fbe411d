/** `mlip top`: the workers of a run, live. */
import { Command } from 'commander';
import { pause } from '../../bus/pause.js';
import { EXIT, hasCode } from '../../core/errors.js';
import type { RunStatus } from '../../rpc/service.js';
import { addRunChoice, type ControlOptions } from '../control/run-options.js';
import { withRun, type Ask } from '../control/tell-run.js';
import { onInterrupt } from '../launch/interrupt.js';
import { addExamples } from '../options.js';
import { cut } from '../status-line.js';
import { workerReport } from '../status/report.js';
import { answer, answerJson } from '../terminal.js';
import type { describeTop } from '../top/table.js';

const REDRAW_MS = 1_000;

const EXPLANATION = `
On a terminal the table is drawn anew each second until the run has ended or Ctrl-C; elsewhere it is printed once. "a second" are the
micro-batches that a worker computes in a second of its own time, "step s" the time of its newest step, "silent s" the time
since its last message.`;

export function topCommand(): Command {
  const command = new Command('top')
    .description('show the workers of a run live: speed, phases of the newest step, who is silent')
    .addHelpText('after', EXPLANATION)
    .action(top);
  addRunChoice(command).option('--json', 'print {runId, phase, step, workers} once, as one JSON object');
  return addExamples(command, 'mlip top runs/first', 'mlip top --nats nats:4222 --run large --token-file token');
}

async function top(out: string | undefined, options: ControlOptions): Promise<void> {
  await withRun(out, options, async (ask) => {
    if (process.stdout.isTTY && options.json !== true) return showLive(ask);
    const status = await statusBy(ask);
    const { describeTop } = await import('../top/table.js');
    if (options.json === true) answerJson(reportOf(status));
    else answer(describeTop(status).join('\n'));
  });
}

async function statusBy(ask: Ask): Promise<RunStatus> {
  const { fetchStatus } = await import('../../rpc/launcher.js');
  return ask(fetchStatus);
}

function reportOf({ runId, phase, step, workers }: RunStatus) {
  return { runId, phase, step, workers: workers.map(workerReport) };
}

async function showLive(ask: Ask): Promise<void> {
  const { describeTop } = await import('../top/table.js');
  const stop = new AbortController();
  const removeHandlers = onInterrupt({ first: () => stop.abort(), again: () => process.exit(EXIT.interrupted) });
  try {
    for (let drawn = 0; !stop.signal.aborted; await pause(REDRAW_MS, stop.signal)) {
      const lines = await linesOf(ask, describeTop, drawn === 0);
      drawn = redraw(lines, drawn);
    }
  } finally {
    removeHandlers();
  }
}

/** A coordinator that was killed is being started again: once it has been seen, it is waited for. */
async function linesOf(ask: Ask, describe: typeof describeTop, isFirst: boolean) {
  try {
    return describe(await statusBy(ask), process.stdout.rows);
  } catch (error) {
    if (isFirst || !hasCode(error, 'MLIP_E_RPC_UNREACHABLE')) throw error;
    return [`${error.message}; trying again`];
  }
}

/** Takes the place of the lines before; one that wraps would be two. Returns how many there are now. */
function redraw(lines: readonly string[], before: number): number {
  const shown = lines.map((line) => cut(line, process.stdout.columns));
  process.stdout.write(`${before > 0 ? `\x1b[${before}A` : ''}\x1b[J${shown.join('\n')}\n`);
  return shown.length;
}
