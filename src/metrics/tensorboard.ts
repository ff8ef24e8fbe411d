/**
 * Writes scalars as TensorBoard reads them: a file of TFRecords (tensorflow/core/lib/io/record_writer.h), each an Event
 * message (tensorflow/core/util/event.proto) of one summary value.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs/minimal.js';
import { messageOf, MlipError } from '../core/errors.js';
import { maskedCrc32c } from './crc32c.js';

export interface EventWriter {
  /** `wallTimeMs`: milliseconds since 1970, now unless given. Readers see the value at once. */
  scalar(step: number, tag: string, value: number, wallTimeMs?: number): void;
  /** Waits until what was written is on disk. */
  flush(): void;
  close(): void;
}

/** Of all writers of this process, so that two in one second do not share a file. */
let files = 0;

/**
 * Starts a file `events.out.tfevents.*` in `directory`, which is made if need be. Throws MLIP_E_OUT_WRITE where the disk
 * is full or not writable, here and in `scalar`.
 */
export function createEventWriter(directory: string): EventWriter {
  const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
  const path = join(directory, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${files++}`);
  const file = guard(path, () => {
    mkdirSync(directory, { recursive: true });
    return openSync(path, 'ax');
  });
  const write = (event: Uint8Array): void => guard(path, () => writeWhole(file, frameRecord(event)));
  write(encodeVersion(Date.now()));
  return {
    scalar: (step, tag, value, wallTimeMs = Date.now()) => write(encodeScalar(step, tag, value, wallTimeMs)),
    flush: () => guard(path, () => fsyncSync(file)),
    close: () => guard(path, () => closeSync(file)),
  };
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}

function guard<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new MlipError('MLIP_E_OUT_WRITE', `cannot write TensorBoard events: ${messageOf(cause)}`, {
      where: path,
      remedy: 'Check permissions and free space, or choose another --out.',
      cause,
    });
  }
}

/** uint64 length, its CRC, the data, its CRC; little-endian. */
function frameRecord(data: Uint8Array): Buffer {
  const record = Buffer.alloc(8 + 4 + data.length + 4);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
  return record;
}

/** Event { double wall_time = 1; string file_version = 3 } */
function encodeVersion(wallTimeMs: number): Uint8Array {
  const event = protobuf.Writer.create();
  event.uint32(DOUBLE(1)).double(wallTimeMs / 1000);
  event.uint32(BYTES(3)).string('brain.Event:2');
  return event.finish();
}

/** Event { wall_time = 1; int64 step = 2; Summary summary = 5 { Value value = 1 { string tag = 1; float simple_value = 2 } } } */
function encodeScalar(step: number, tag: string, value: number, wallTimeMs: number): Uint8Array {
  const event = protobuf.Writer.create();
  event.uint32(DOUBLE(1)).double(wallTimeMs / 1000);
  event.uint32(VARINT(2)).int64(step);
  event.uint32(BYTES(5)).fork();
  event.uint32(BYTES(1)).fork();
  event.uint32(BYTES(1)).string(tag).uint32(FLOAT(2)).float(value);
  return event.ldelim().ldelim().finish();
}

/** Keys of protobuf fields: the field's number and how its value is laid out. */
const VARINT = (field: number): number => field << 3;
const DOUBLE = (field: number): number => (field << 3) | 1;
const BYTES = (field: number): number => (field << 3) | 2;
const FLOAT = (field: number): number => (field << 3) | 5;
