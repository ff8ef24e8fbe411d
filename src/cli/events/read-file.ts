/** The events in an output directory: those that are there, and where it is wanted those that come. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../../bus/pause.js';
import { EVENTS_FILE } from '../../coordinator/event-file.js';
import { readRecord } from '../../coordinator/record-keeper.js';
import { MlipError } from '../../core/errors.js';
import { parseJson } from '../../core/json.js';
import type { KeptEvent } from './text.js';

const LOOK_MS = 250;

/** After these nothing comes, unless the run is started again. */
const LAST: ReadonlySet<string> = new Set(['finished', 'failed']);

export interface Reading {
  /** Goes on until the run has ended, or the signal. */
  follow: boolean;
  signal: AbortSignal;
}

/** @throws MLIP_E_RUN_DIRECTORY */
export async function* readEvents(out: string, { follow, signal }: Reading): AsyncGenerator<KeptEvent> {
  const path = join(out, EVENTS_FILE);
  requireRun(out, path);
  let [position, inode, last] = [0, 0, ''];
  do {
    const file = existsSync(path) ? statSync(path) : undefined;
    // A run that began anew has set the earlier file aside.
    if (file !== undefined && (file.ino !== inode || file.size < position)) [position, inode] = [0, file.ino];
    const { events, end } = file === undefined ? NOTHING : await readFrom(path, position);
    position = end;
    for (const event of events) yield event;
    last = events.at(-1)?.kind ?? last;
    if (!follow || (LAST.has(last) && (await hasEnded(out)))) return;
    await pause(LOOK_MS, signal);
  } while (!signal.aborted);
}

/** The coordinator makes the file when there is something to tell. */
function requireRun(out: string, path: string): void {
  if (existsSync(path) || existsSync(join(out, 'run.json'))) return;
  throw new MlipError('MLIP_E_RUN_DIRECTORY', 'this is no output directory of a run: it has no events', {
    where: path,
    remedy: 'Name the directory that was --out of the run, or its store with --nats or --store.',
  });
}

const NOTHING = { events: [], end: 0 };

/** Whole lines from there on, and where they end. What a crash cut short is no event. */
async function readFrom(path: string, start: number): Promise<{ events: KeptEvent[]; end: number }> {
  const pieces: Buffer[] = [];
  for await (const piece of createReadStream(path, { start })) pieces.push(piece as Buffer);
  const bytes = Buffer.concat(pieces);
  const length = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.subarray(0, length).toString().split('\n');
  const events = lines.map(parseJson).filter((value) => isEvent(value));
  return { events, end: start + length };
}

function isEvent(value: unknown): value is KeptEvent {
  const { run, time, kind } = (value ?? {}) as Partial<KeptEvent>;
  return [run, time, kind].every((text) => typeof text === 'string');
}

async function hasEnded(out: string): Promise<boolean> {
  const record = await readRecord(out).catch(() => null);
  return record === null || record.ended;
}
