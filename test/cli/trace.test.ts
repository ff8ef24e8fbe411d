// `mlip trace`: where the time of the next steps goes, on each rank, in a form that Perfetto opens.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChromeTrace, TraceEvent } from '../../src/cli/trace/chrome-trace.js';
import type { TraceSummary } from '../../src/cli/trace/trace-text.js';
import { mlip, type CliResult } from './run-cli.js';
import { smallRun, untilStep, type RunJson, type SmallRun } from './small-run.js';

let small: SmallRun;
let training: Promise<CliResult>;
let pid = 0;
let run: RunJson;
beforeAll(async () => {
  small = await smallRun();
  const onStart = (child: { pid?: number | undefined }): void => void (pid = child.pid!);
  training = mlip(small.train('live', '--workers', '2', '--steps', '100000'), { onStart });
  run = await untilStep(small.path('live'), 5);
});
afterAll(async () => {
  process.kill(pid, 'SIGINT');
  await training;
  small.remove();
});

const trace = (...args: string[]): Promise<CliResult> => mlip(['trace', ...args]);

function read(path: string): ChromeTrace {
  return JSON.parse(readFileSync(path, 'utf8')) as ChromeTrace;
}

const PHASES = ['data', 'encode', 'gather', 'loss', 'backward', 'reduce', 'update', 'commit'];

interface Slice extends TraceEvent {
  ts: number;
  dur: number;
}

const isSlice = (event: TraceEvent): event is Slice => event.ph === 'X';

/** Names of threads by process and thread. */
function threadName({ traceEvents }: ChromeTrace, { pid: process, tid }: TraceEvent): unknown {
  const named = traceEvents.filter(({ ph, name }) => ph === 'M' && name === 'thread_name');
  return named.find((event) => event.pid === process && event.tid === tid)?.args['name'];
}

/** As Perfetto wants them on a thread: one after the other, or one within another. */
function expectNested(slices: readonly Slice[]): void {
  const open: number[] = [];
  for (const { ts, dur } of [...slices].sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    while (open.length > 0 && open.at(-1)! <= ts) open.pop();
    if (open.length > 0) expect(ts + dur).toBeLessThanOrEqual(open.at(-1)! + 0.002);
    open.push(ts + dur);
  }
}

it('writes the asked steps of the coordinator and of every rank, with all phases within their step', async () => {
  const file = small.path('trace.json');
  const { status, stdout, stderr } = await trace(small.path('live'), '--steps', '4', '-o', file, '--json');
  expect(status, stderr).toBe(0);
  const summary = JSON.parse(stdout) as TraceSummary;
  expect(summary).toMatchObject({ file, workers: 2, missing: [], steps: { count: 4 } });
  expect(summary.steps.last - summary.steps.first).toBe(3);

  const written = read(file);
  const slices = written.traceEvents.filter(isSlice);
  for (const event of slices) {
    for (const value of [event.ts, event.dur]) expect(Number.isFinite(value) && value >= 0).toBe(true);
    for (const value of [event.pid, event.tid]) expect(Number.isInteger(value) && value > 0).toBe(true);
  }
  const processes = [...new Set(slices.map((slice) => slice.pid))];
  expect(processes).toHaveLength(3);
  const names = written.traceEvents
    .filter(({ name }) => name === 'process_name')
    .map(({ args }) => String(args['name']));
  expect(names.sort()).toEqual([
    expect.stringMatching(/^coordinator, pid \d+$/),
    expect.stringMatching(/^rank 0: worker 0, pid \d+ on 127\.0\.0\.1$/),
    expect.stringMatching(/^rank 1: worker 1, pid \d+ on 127\.0\.0\.1$/),
  ]);
  for (const process of processes) {
    const own = slices.filter((slice) => slice.pid === process);
    for (const tid of new Set(own.map((slice) => slice.tid))) expectNested(own.filter((slice) => slice.tid === tid));
    const steps = own.filter(({ name }) => name.startsWith('step '));
    expect(steps.map(({ args }) => args['step'])).toEqual([0, 1, 2, 3].map((offset) => summary.steps.first + offset));
  }
  for (const worker of processes.filter((process) => process > 1)) {
    const own = slices.filter((slice) => slice.pid === worker);
    for (const step of own.filter(({ name }) => name.startsWith('step '))) {
      const phases = own.filter(
        ({ cat, args, name }) => cat === 'phases' && args['step'] === step.args['step'] && name !== step.name,
      );
      expect(phases.map(({ name }) => name)).toEqual(expect.arrayContaining(PHASES));
      const sum = phases.reduce((total, { dur }) => total + dur, 0);
      expect(sum).toBeLessThanOrEqual(step.dur + 1);
      // What a step does is in its phases, but for what lies between them.
      expect(sum).toBeGreaterThan(0.7 * step.dur);
      for (const { ts, dur } of phases) expect(ts >= step.ts && ts + dur <= step.ts + step.dur + 0.002).toBe(true);
    }
    const network = own.filter(({ cat }) => cat === 'communication');
    expect(new Set(network.map(({ name }) => name))).toEqual(new Set(['gather rows', 'all-reduce']));
    for (const slice of network) expect(threadName(written, slice)).toMatch(/^communication/);
  }
}, 60_000);

it('the same moment is at the same place for all: nobody has gathered before the coordinator has sent the rows', async () => {
  const file = small.path('moments.json');
  expect(
    (await trace('--coordinator', run.coordinator.address, '--token-file', small.path('live', 'token'), '-o', file))
      .status,
  ).toBe(0);
  const { traceEvents, otherData } = read(file);
  expect(otherData.clocks.map(({ worker }) => worker)).toEqual([0, 1]);
  const slices = traceEvents.filter(isSlice);
  const gathers = slices.filter(({ pid: process, name }) => process === 1 && name === 'gather');
  expect(gathers.length).toBeGreaterThan(0);
  const slackUs = 1_000 * (1 + Math.max(...otherData.clocks.map(({ errorMs }) => errorMs!)));
  for (const gather of gathers) {
    const own = slices.filter(({ name, args }) => name === 'gather rows' && args['step'] === gather.args['step']);
    expect(own).toHaveLength(2);
    for (const { ts, dur } of own) expect(ts + dur).toBeGreaterThan(gather.ts + gather.dur - slackUs);
  }
}, 60_000);

it('says for people what it has written and how far clocks are corrected', async () => {
  const { stdout } = await trace(small.path('live'), '--steps', '1', '-o', small.path('one.json'));
  expect(stdout).toMatch(/^1 step\(s\) of run \S+, (\d+) to \1, of 2 worker\(s\): .*one\.json\n/);
  expect(stdout).toMatch(
    /\nclock of worker 0 on 127\.0\.0\.1: [\d.]+ ms (ahead of|behind) the coordinator’s, corrected to [\d.]+ ms\n/,
  );
  expect(stdout).toContain('ui.perfetto.dev');
}, 60_000);

describe('bad input', () => {
  it('a run that has ended', async () => {
    expect((await mlip(small.train('ended', '--workers', '1', '--steps', '1'))).status).toBe(0);
    const { status, stderr } = await trace(small.path('ended'), '-o', small.path('none.json'));
    expect([status, stderr]).toEqual([4, expect.stringContaining('MLIP_E_RUN_CLOSED')]);
  }, 60_000);

  it('a file that cannot be written', async () => {
    const { status, stderr } = await trace(
      small.path('live'),
      '--steps',
      '1',
      '-o',
      small.path('no', 'such', 'place.json'),
    );
    expect([status, stderr]).toEqual([4, expect.stringContaining('MLIP_E_OUT_WRITE')]);
  }, 60_000);

  it('another token', async () => {
    const env = { MLIP_TOKEN: 'another-token-that-nobody-has-guessed' };
    const { status, stderr } = await mlip(['trace', small.path('live'), '-o', small.path('none.json')], { env });
    expect([status, stderr]).toEqual([4, expect.stringContaining('MLIP_E_TOKEN_WRONG')]);
  });
});
