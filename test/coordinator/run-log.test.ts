// OUT/logs.jsonl: what the coordinator and its workers say, in files of bounded size, whatever they say and whatever the disk does.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FirstFailure, type LogLine, parseLine } from '../../src/coordinator/logs/log-filter.js';
import { logFile, logFiles } from '../../src/coordinator/logs/log-files.js';
import { LogWriter } from '../../src/coordinator/logs/log-writer.js';
import { readLines } from '../../src/coordinator/logs/read-lines.js';
import { RunLog } from '../../src/coordinator/logs/run-log.js';
import { createLogger } from '../../src/core/log.js';
import type { LogsSeen } from '../../src/rpc/service.js';
import { scratch, until } from './harness.js';

const TOKEN = 'the-token-of-this-run-0123456789';

function opened(out: string, mayWrite = () => true): RunLog {
  const log = new RunLog('run-1');
  log.open(out, [TOKEN], mayWrite);
  return log;
}

function linesIn(out: string): LogLine[] {
  const texts = existsSync(logFile(out)) ? readFileSync(logFile(out), 'utf8').trimEnd().split('\n') : [];
  return texts.map((text) => parseLine(text)!);
}

type Line = LogsSeen['lines'][number];

function said(message: string, more: Partial<Line> = {}): LogsSeen {
  const place = { rank: 1, step: 7, generation: 2 };
  return { lines: [{ timeMs: Date.now(), level: 'info', message, ...place, fields: '{}', ...more }], dropped: 0 };
}

it('has the lines of the coordinator, also those before the directory was open, and those of workers with their place', async () => {
  const [out, log] = [scratch(), new RunLog('run-1')];
  const own = createLogger({ name: 'coordinator', write: () => undefined })
    .with({ run: 'run-1' })
    .also(log.take);
  own.info('early');
  log.open(out, [TOKEN], () => true);
  log.ofWorker(3, said('slow disk', { level: 'warn', fields: '{"path":"/data","seconds":2}' }));
  own.info('late');
  await log.close(1_000);
  const [early, worker, late] = linesIn(out);
  expect(early).toMatchObject({ level: 'info', name: 'coordinator', message: 'early', run: 'run-1' });
  expect(worker).toMatchObject({
    ...{ level: 'warn', name: 'worker 3', message: 'slow disk', run: 'run-1', worker: 3 },
    ...{ rank: 1, step: 7, generation: 2, path: '/data', seconds: 2 },
  });
  expect(late.message).toBe('late');
});

it('takes nothing from a worker but what a line has', async () => {
  const out = scratch();
  const log = opened(out);
  const fields = JSON.stringify({
    name: 'coordinator',
    worker: 9,
    level: 'error',
    deep: { a: 1 },
    'bad name': 1,
    good: 'x'.repeat(5000),
  });
  log.ofWorker(3, said(`${TOKEN} and nats://u:pw@h`, { level: 'fatal', timeMs: NaN, fields }));
  log.ofWorker(3, said('no JSON', { fields: '{' }));
  await log.close(1_000);
  const [line, other] = linesIn(out);
  expect(line).toMatchObject({
    level: 'info',
    name: 'worker 3',
    worker: 3,
    message: '[hidden] and nats://u:[hidden]@h',
  });
  expect(Object.keys(line)).not.toContain('deep');
  expect(Object.keys(line)).not.toContain('bad name');
  expect(line['good']).toHaveLength(1000);
  expect(Date.parse(line.time)).toBeGreaterThan(Date.now() - 60_000);
  expect(other.message).toBe('no JSON');
});

it('a worker that floods it loses lines, which is said, and no other worker does', async () => {
  const out = scratch();
  const log = opened(out);
  for (let index = 0; index < 2_000; index++) log.ofWorker(1, said(`flood ${index}`));
  log.ofWorker(2, said('quiet'));
  await log.close(5_000);
  const lines = linesIn(out);
  const kept = lines.filter(({ message }) => message.startsWith('flood'));
  expect(kept.length).toBeLessThan(600);
  const missing = lines.filter(({ dropped }) => dropped !== undefined);
  expect(missing[0].name).toBe('worker 1');
  expect(kept.length + missing.reduce((sum, { dropped }) => sum + Number(dropped), 0)).toBe(2_000);
  expect(lines.map(({ message }) => message)).toContain('quiet');
});

it('what a worker has dropped itself is said', async () => {
  const out = scratch();
  const log = opened(out);
  log.ofWorker(4, { lines: [], dropped: 12 });
  await log.close(1_000);
  expect(linesIn(out)).toMatchObject([{ level: 'warn', name: 'worker 4', dropped: 12 }]);
});

it('files are rotated and the oldest goes', async () => {
  const out = scratch();
  const writer = new LogWriter({ out, mayWrite: () => true, lost: String, mostBytes: 1_000 });
  for (let index = 0; index < 100; index++) {
    writer.append(JSON.stringify({ index, text: 'x'.repeat(80) }));
    await until(() => lastIndex(out) === index);
  }
  await writer.close(1_000);
  expect(logFiles(out).map((path) => path.slice(out.length + 1))).toEqual([
    ...['logs.3.jsonl', 'logs.2.jsonl', 'logs.1.jsonl', 'logs.jsonl'],
  ]);
  const indices: number[] = [];
  for await (const lines of readLines(out, { isOver: null })) {
    indices.push(...lines.map((line) => (JSON.parse(line) as { index: number }).index));
  }
  expect(indices.length).toBeGreaterThan(20);
  expect(indices).toEqual(indices.map((_, position) => 100 - indices.length + position));
});

function lastIndex(out: string): number {
  const text = existsSync(logFile(out)) ? readFileSync(logFile(out), 'utf8').trimEnd().split('\n').at(-1)! : '';
  return text === '' ? -1 : (JSON.parse(text) as { index: number }).index;
}

it('whoever follows gets every line once across a rotation, and the rest at the end', async () => {
  const out = scratch();
  let over = false;
  writeFileSync(logFile(out), 'a\nb\n');
  const got: string[] = [];
  const following = (async () => {
    for await (const lines of readLines(out, { isOver: () => over })) got.push(...lines);
  })();
  await until(() => got.length === 2);
  writeFileSync(logFile(out), 'a\nb\nc\n');
  renameSync(logFile(out), logFile(out, 1));
  writeFileSync(logFile(out), 'd\nhalf');
  await until(() => got.length === 4);
  writeFileSync(logFile(out), 'd\nhalf a line\ne\n');
  over = true;
  await following;
  expect(got).toEqual(['a', 'b', 'c', 'd', 'half a line', 'e']);
});

it('a line that a crash has cut short is ended, so that the next one is whole', async () => {
  const out = scratch();
  writeFileSync(logFile(out), '{"time":"half');
  const log = opened(out);
  log.ofWorker(1, said('whole'));
  await log.close(1_000);
  const [half, whole] = readFileSync(logFile(out), 'utf8').split('\n');
  expect(parseLine(half)).toBeNull();
  expect(parseLine(whole)?.message).toBe('whole');
});

it('a disk that cannot be written costs lines and nothing else; how many, is said once it can', async () => {
  const out = join(scratch(), 'not-there');
  const log = opened(out);
  log.ofWorker(1, said('lost'));
  await until(() => !existsSync(out));
  await new Promise((resolve) => setTimeout(resolve, 100));
  mkdirSync(out);
  chmodSync(out, 0o755);
  log.ofWorker(1, said('written'));
  await until(() => existsSync(logFile(out)), 10_000);
  await log.close(1_000);
  expect(linesIn(out).map(({ message }) => message)).toEqual([
    '1 line is missing here: too many came at once, or could not be written',
    'written',
  ]);
});

it('a coordinator without its lease writes nothing', async () => {
  const out = scratch();
  const log = opened(out, () => false);
  log.ofWorker(1, said('not mine'));
  await log.close(200);
  expect(linesIn(out)).toEqual([]);
});

it('the first failure is the first error of the newest run', () => {
  const first = new FirstFailure();
  const line = (level: LogLine['level'], message: string, run = 'a'): LogLine => ({
    time: '',
    level,
    name: 'x',
    message,
    run,
  });
  first.see(line('error', 'of an earlier run'));
  first.see(line('info', 'begins', 'b'));
  expect(first.line).toBeNull();
  first.see(line('error', 'cause', 'b'));
  first.see(line('error', 'consequence', 'b'));
  expect(first.line?.message).toBe('cause');
});
