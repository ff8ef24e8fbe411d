// A worker whose clock is wrong: that is said once, by name, and nothing else breaks.
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ChromeTrace } from '../../src/cli/trace/chrome-trace.js';
import type { LogLine } from '../../src/coordinator/logs/log-filter.js';
import { ClockOffsets } from '../../src/coordinator/tracing/clock-offsets.js';
import { mlip, type CliResult } from './run-cli.js';
import { metrics, readRunJson, smallRun, until, workersOf, type SmallRun } from './small-run.js';

const SKEW_MS = 60_000;
const preload = pathToFileURL(join(import.meta.dirname, 'skewed', 'clock.js')).href;

let small: SmallRun;
const children: ChildProcess[] = [];
const endings: Promise<CliResult>[] = [];
const start = (args: string[], env: NodeJS.ProcessEnv = {}): void =>
  void endings.push(mlip(args, { env, onStart: (child) => void children.push(child) }));

const out = (): string => small.path('skewed');
const token = (): string[] => ['--token-file', small.path('skewed', 'token')];
const lines = (): LogLine[] =>
  readFileSync(small.path('skewed', 'logs.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);

beforeAll(async () => {
  small = await smallRun();
  const settings = ['--steps', '100000', '--set', 'timeouts.heartbeatMs=200', '--port', '0'];
  start(['coordinator', small.config, '--data', small.manifest, '--out', out(), '--workers', '2', ...settings]);
  await until(() => workersOf(out()).length === 0 && metricsAddress() !== '');
  start(['worker', '--coordinator', metricsAddress(), ...token()]);
  await until(() => workersOf(out()).length === 1);
  const skewed = { NODE_OPTIONS: `--import ${preload}`, SKEW_MS: String(SKEW_MS) };
  start(['worker', '--coordinator', metricsAddress(), ...token()], skewed);
  await until(() => metrics(out()).length >= 5, 60_000);
}, 120_000);
afterAll(async () => {
  for (const child of children) child.kill('SIGINT');
  await Promise.all(endings);
  small.remove();
});

function metricsAddress(): string {
  try {
    return readRunJson(out()).coordinator.address;
  } catch {
    return '';
  }
}

it('the worker is named, once, and the run goes on', async () => {
  const said = (): LogLine[] => lines().filter(({ message }) => message.includes('the clock of worker'));
  await until(() => said().length > 0);
  const { length } = metrics(out());
  await until(() => metrics(out()).length > length + 20);
  expect(said().map(({ level, message }) => [level, message])).toEqual([
    [
      'warn',
      expect.stringMatching(/^the clock of worker 1 on 127\.0\.0\.1 is (60\.0|59\.9) s ahead of the coordinator’s/),
    ],
  ]);
});

it('its log lines have its own time, and its steps in a trace have been put where they belong', async () => {
  const ready = (worker: number): number =>
    Date.parse(lines().find((line) => line.worker === worker && line.message === 'ready to train')!.time);
  expect(ready(1) - ready(0)).toBeGreaterThan(SKEW_MS / 2);
  const file = small.path('trace.json');
  const { status, stderr } = await mlip(['trace', out(), '--steps', '3', '-o', file]);
  expect(status, stderr).toBe(0);
  const { traceEvents, otherData } = JSON.parse(readFileSync(file, 'utf8')) as ChromeTrace;
  const [first, second] = otherData.clocks;
  expect(Math.abs(first.aheadMs!)).toBeLessThan(1_000);
  expect(Math.abs(second.aheadMs! - SKEW_MS)).toBeLessThan(1_000);
  const steps = traceEvents.filter(({ name }) => name.startsWith('step '));
  const lastMs = Math.max(...steps.map(({ ts, dur }) => ts! + dur!)) / 1_000;
  expect(lastMs).toBeLessThan(SKEW_MS / 2);
  for (const { args } of steps) {
    const same = steps.filter((other) => other.args['step'] === args['step'] && other.pid > 1);
    const [begin, end] = [Math.max(...same.map(({ ts }) => ts!)), Math.min(...same.map(({ ts, dur }) => ts! + dur!))];
    // Ranks are in a step at the same time.
    expect(begin).toBeLessThan(end);
  }
}, 60_000);

it('a difference is known to half of the shortest way there and back', () => {
  const warned: number[] = [];
  const clocks = new ClockOffsets((worker) => warned.push(worker));
  // The worker is 10 s ahead; ways of 40 and 2 ms there, of 10 and 1 ms back; it kept the pulse for 100 ms.
  const beat = (there: number, back: number): void => {
    const pulseSentMs = 1_000_000;
    const sentMs = pulseSentMs + there + 100 + 10_000;
    clocks.hear(4, { sentMs, pulseSentMs, pulseAgeMs: 100 }, pulseSentMs + there + 100 + back);
  };
  beat(40, 10);
  expect(clocks.of(4)).toEqual({ aheadMs: 10_015, errorMs: 25 });
  expect(warned).toEqual([]);
  beat(2, 1);
  beat(40, 10);
  expect(clocks.of(4)).toEqual({ aheadMs: 10_000.5, errorMs: 1.5 });
  expect(warned).toEqual([4]);
  clocks.forget(4);
  expect(clocks.of(4)).toBeNull();
});

it('times that cannot be are not heeded', () => {
  const clocks = new ClockOffsets(() => expect.unreachable());
  for (const sentMs of [NaN, Infinity, 0]) {
    clocks.hear(1, { sentMs, pulseSentMs: 0, pulseAgeMs: 0 }, 1_000);
    clocks.hear(1, { sentMs, pulseSentMs: 2_000, pulseAgeMs: 0 }, 1_000);
    clocks.hear(1, { sentMs, pulseSentMs: 500, pulseAgeMs: NaN }, 1_000);
  }
  expect(clocks.of(1)).toBeNull();
});
