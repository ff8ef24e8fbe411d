// Lines of files that somebody writes meanwhile.
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readLastLines, readNewLines } from '../../src/dashboard/growing-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlip-growing-'));
  path = join(folder, 'metrics.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('reads nothing of a file that is not there', async () => {
  expect(await readNewLines(path, null)).toEqual({ lines: [], place: null, replaced: false, left: 0 });
});

it('leaves a line that is being written until it is whole', async () => {
  writeFileSync(path, 'one\ntw');
  const first = await readNewLines(path, null);
  expect(first).toMatchObject({ lines: ['one'], left: 2 });
  appendFileSync(path, 'o\nthree\n');
  expect(await readNewLines(path, first.place)).toMatchObject({ lines: ['two', 'three'], left: 0 });
});

it('says that a file was replaced or cut, and begins with it anew', async () => {
  writeFileSync(path, 'one\ntwo\n');
  const { place } = await readNewLines(path, null);
  writeFileSync(`${path}.draft`, 'ONE\ntwo\n');
  renameSync(`${path}.draft`, path);
  const replaced = await readNewLines(path, place);
  expect(replaced).toMatchObject({ lines: [], replaced: true, place: { offset: 0 } });
  const again = await readNewLines(path, replaced.place);
  expect(again.lines).toEqual(['ONE', 'two']);
  // Cut, and longer than before when somebody looks.
  writeFileSync(path, 'ONE\nTWO\nthree\n');
  expect((await readNewLines(path, again.place)).replaced).toBe(true);
  writeFileSync(path, 'ONE\n');
  expect((await readNewLines(path, again.place)).replaced).toBe(true);
});

it('passes over a line that is longer than all that is read', async () => {
  writeFileSync(path, `${'x'.repeat(3 << 20)}\nshort\n`);
  const lines: string[] = [];
  let place = null;
  for (let turn = 0; turn < 10; turn++) {
    const read = await readNewLines(path, place);
    lines.push(...read.lines);
    place = read.place;
  }
  expect(lines.at(-1)).toBe('short');
});

it('reads the last lines without the one that begins before', async () => {
  writeFileSync(path, 'a first line\nsecond\nthird\n');
  expect((await readLastLines(path, 15)).lines).toEqual(['second', 'third']);
});
