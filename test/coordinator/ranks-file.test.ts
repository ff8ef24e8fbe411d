/** Where the time of a step went on each rank: a line now and then, and of the last step. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { RanksFile, type RanksLine } from '../../src/coordinator/ranks-file.js';
import { openRunDirectory } from '../../src/coordinator/run-directory.js';
import { scratch } from './harness.js';

let path: string;
let nowMs: number;
let file: RanksFile;
beforeEach(() => {
  path = join(scratch(), 'ranks.jsonl');
  nowMs = 0;
  file = new RanksFile(path, () => nowMs);
});

function line(step: number, world = 2): RanksLine {
  const phaseSeconds = { data: 0.1, encode: 0.2 };
  const ranks = Array.from({ length: world }, (_, rank) => {
    return { rank, worker: rank + 3, host: 'a', microBatches: 1, phaseSeconds };
  });
  return { time: '2026-01-02T03:04:05.000Z', step, generation: 1, ranks };
}

function steps(at = path): number[] {
  if (!existsSync(at)) return [];
  const lines = readFileSync(at, 'utf8').split('\n').slice(0, -1);
  return lines.map((text) => (JSON.parse(text) as RanksLine).step);
}

it('writes the first step, one every 5 s, and the last one', () => {
  for (let step = 1; step <= 120; step++) {
    nowMs += 100;
    file.record(line(step));
  }
  expect(steps()).toEqual([1, 51, 101]);
  file.flush();
  file.flush();
  expect(steps()).toEqual([1, 51, 101, 120]);
  expect(JSON.parse(readFileSync(path, 'utf8').split('\n')[3])).toEqual(line(120));
});

it('writes the less often the more ranks there are: the file stays below 40 MB a day', () => {
  const seconds = 24 * 60 * 60;
  for (let second = 0; second < seconds; second += 100) {
    nowMs = second * 1_000;
    file.record(line(second, 1_000));
  }
  expect(readFileSync(path).length).toBeLessThan(40e6);
  expect(steps()).toHaveLength(Math.ceil(seconds / 500));
});

it('has seconds to the microsecond', () => {
  const { ranks, ...rest } = line(1, 1);
  file.record({ ...rest, ranks: [{ ...ranks[0], phaseSeconds: { encode: 0.123456789 } }] });
  expect(readFileSync(path, 'utf8')).toContain('"phaseSeconds":{"encode":0.123457}');
});

it('forgets what is not true any more when a run goes back', () => {
  file.record(line(1));
  file.record(line(9));
  file.rewind(5);
  file.flush();
  expect(steps()).toEqual([1]);
});

it('a run that goes on from a checkpoint keeps the lines up to it', () => {
  const out = scratch();
  const [metrics, ranks] = [join(out, 'metrics.jsonl'), join(out, 'ranks.jsonl')];
  const lines = [1, 2, 3, 4].map((step) => `${JSON.stringify(line(step))}\n`);
  for (const each of [metrics, ranks]) writeFileSync(each, lines.join(''));
  openRunDirectory({ out, configText: '', configJson: '{}', resumeStep: 2 }).close();
  expect(steps(ranks)).toEqual([1, 2]);
});
