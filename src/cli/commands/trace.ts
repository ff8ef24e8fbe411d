/** `mlip trace`: where the time of the next steps of a run goes, for Perfetto. */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { replaceDurably } from '../../core/durable-file.js';
import { EXIT, MlipError, messageOf } from '../../core/errors.js';
import type { TracePartSeen } from '../../rpc/service.js';
import { addAccessOptions } from '../access.js';
import { onInterrupt } from '../launch/interrupt.js';
import { commandLogger } from '../logging.js';
import { addExamples, parsePositive } from '../options.js';
import { accessTo, openFinder, type RunChoice } from '../status/find-run.js';
import { addStoreOptions } from '../store-options.js';
import { answer, answerJson } from '../terminal.js';

interface TraceOptions extends RunChoice {
  steps: number;
  output: string;
  timeout: number;
  json?: boolean;
}

export function traceCommand(): Command {
  const command = new Command('trace')
    .description('write where the time of the next steps of a run goes, on each rank, as a trace for ui.perfetto.dev')
    .argument('[out]', 'output directory of the run')
    .option('--coordinator <host:port>', 'address of its coordinator')
    .option('--run <name>', 'name of the run in the store; not needed where there is one only')
    .option('--steps <n>', 'steps, beginning with the one under way', parsePositive, 5)
    .option('-o, --output <file>', 'file that is written', 'trace.json')
    .option('--timeout <s>', 'seconds after which what has come by then is written', parsePositive, 120)
    .option('--json', 'print what was written as one JSON object')
    .action(trace);
  addStoreOptions(command);
  addAccessOptions(command, 'then that of the output directory');
  return addExamples(
    command,
    'mlip trace runs/first',
    'mlip trace --coordinator 10.0.0.5:7070 --token-file token --steps 20 -o slow.json',
  );
}

async function trace(out: string | undefined, options: TraceOptions): Promise<void> {
  const told = await collect(out, options);
  const parts = told.filter(({ timings }) => timings!.spans.length > 0);
  const { chromeTrace } = await import('../trace/chrome-trace.js');
  const { describeTrace, traceSummary } = await import('../trace/trace-text.js');
  if (parts.length === 0) throw nothing(options.timeout);
  await write(options.output, JSON.stringify(chromeTrace(parts)));
  const summary = traceSummary(told, options);
  if (options.json) answerJson(summary);
  else answer(describeTrace(summary));
}

/** What has come is not lost by Ctrl-C. */
async function collect(out: string | undefined, options: TraceOptions): Promise<TracePartSeen[]> {
  const stop = new AbortController();
  const removeHandlers = onInterrupt({ first: () => stop.abort(), again: () => process.exit(EXIT.interrupted) });
  const access = accessTo(out, options, commandLogger('trace'));
  const finder = await openFinder(out, options);
  const { steps, timeout } = options;
  try {
    if (out !== undefined) await requireLive(out);
    const { traceSteps } = await import('../../rpc/launcher.js');
    const found = traceSteps(await finder.address(), { access, steps, limitMs: timeout * 1000, signal: stop.signal });
    const parts: TracePartSeen[] = [];
    for await (const part of found) if (part.timings !== null) parts.push(part);
    return parts;
  } finally {
    await finder.close();
    removeHandlers();
  }
}

async function requireLive(out: string): Promise<void> {
  const { readRecord } = await import('../../coordinator/record-keeper.js');
  if ((await readRecord(out))?.ended !== true) return;
  throw new MlipError('MLIP_E_RUN_CLOSED', 'the run has ended: only steps that are being trained can be traced', {
    where: out,
    remedy:
      'Go on with it (`mlip train --resume`), or trace another run; OUT/metrics.jsonl has the times of its steps.',
  });
}

function nothing(seconds: number): MlipError {
  return new MlipError('MLIP_E_RUN_TIMEOUT', `no step was over within ${seconds} s`, {
    remedy: 'Look at what the run waits for with `mlip status`, or give it more time with --timeout.',
  });
}

async function write(path: string, text: string): Promise<void> {
  try {
    await replaceDurably(path, (draft) => writeFile(draft, text));
  } catch (cause) {
    throw new MlipError('MLIP_E_OUT_WRITE', `the trace cannot be written: ${messageOf(cause)}`, { where: path, cause });
  }
}
