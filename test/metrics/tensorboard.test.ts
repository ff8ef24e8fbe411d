import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { crc32c, maskedCrc32c } from '../../src/metrics/crc32c.js';
import { createEventWriter } from '../../src/metrics/tensorboard.js';

/** The fields of TensorFlow's event.proto and summary.proto that scalars need. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Event { double wall_time = 1; int64 step = 2; oneof what { string file_version = 3; Summary summary = 5; } }
  message Summary { message Value { string tag = 1; float simple_value = 2; } repeated Value value = 1; }
`);
const Event = root.lookupType('Event');

/** The events of a TFRecord file, every checksum verified. */
function readEvents(path: string): Record<string, unknown>[] {
  const bytes = readFileSync(path);
  const events = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc32c(bytes.subarray(at, at + 8)));
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(data));
    events.push(Event.toObject(Event.decode(data), { longs: Number }));
    at += 16 + length;
  }
  return events;
}

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'mlip-events-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const files = (): string[] => readdirSync(directory).map((name) => join(directory, name));

it('computes the published check values of CRC-32C', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
});

it('writes the version, then each scalar with its step, tag, value and time', () => {
  const writer = createEventWriter(directory);
  writer.scalar(1, 'loss', 2.5, 1_700_000_000_500);
  writer.scalar(2 ** 40, 'lr/größe', -0.125, 1_700_000_001_000);
  writer.close();
  const [path] = files();
  expect(path).toMatch(/events\.out\.tfevents\.\d{10}\./);
  const [version, ...scalars] = readEvents(path);
  expect(version).toMatchObject({ fileVersion: 'brain.Event:2' });
  expect(scalars).toEqual([
    { wallTime: 1_700_000_000.5, step: 1, summary: { value: [{ tag: 'loss', simpleValue: 2.5 }] } },
    { wallTime: 1_700_000_001, step: 2 ** 40, summary: { value: [{ tag: 'lr/größe', simpleValue: -0.125 }] } },
  ]);
});

it('writes byte for byte what TensorBoard’s own writer does', () => {
  const writer = createEventWriter(directory);
  writer.scalar(3, 'a', 1, 2000);
  writer.close();
  const record = readFileSync(files()[0]).subarray(-39);
  // Event(wall_time=2, step=3, ...) through tensorboard 2.21's RecordWriter.
  expect(record.toString('hex')).toBe('1700000000000000e7cef81e09000000000000004010032a0a0a080a0161150000803f1243717c');
});

it('shows a value at once and survives a reader that looks in between', () => {
  const writer = createEventWriter(directory);
  for (let step = 1; step <= 3; step++) {
    writer.scalar(step, 'loss', 1 / step);
    expect(readEvents(files()[0])).toHaveLength(step + 1);
  }
  writer.flush();
  writer.close();
});

it('passes on NaN and infinities, which is what one looks for in a curve', () => {
  const writer = createEventWriter(directory);
  for (const value of [NaN, Infinity, -Infinity]) writer.scalar(1, 'loss', value);
  writer.close();
  const values = readEvents(files()[0]).slice(1) as { summary: { value: { simpleValue: number }[] } }[];
  expect(values.map(({ summary }) => summary.value[0].simpleValue)).toEqual([NaN, Infinity, -Infinity]);
});

it('gives each writer a file of its own', () => {
  for (let i = 0; i < 3; i++) createEventWriter(directory).close();
  expect(files()).toHaveLength(3);
});

it('says which file cannot be written', () => {
  const path = join(directory, 'file');
  writeFileSync(path, '');
  expect(() => createEventWriter(path)).toThrow(expect.objectContaining({ code: 'MLIP_E_OUT_WRITE' }));
});
