/**
 * What is new in a run, as server-sent events. The id of each says up to which place of each file the browser knows it, so that one
 * whose connection breaks goes on there, also at a server that was started meanwhile.
 */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { evaluatedSteps } from './evaluations.js';
import { readLastLines, readNewLines } from './growing-file.js';
import {
  GROWING,
  formatPlaces,
  parseLine,
  parseNumbers,
  pathOf,
  type GrowingFile,
  type Line,
  type Places,
} from './run-files.js';
import { recentSummary } from './summary.js';
import type { WatchedRun } from './watched-run.js';

export interface StreamOptions {
  run: WatchedRun;
  /** What the browser knows. */
  places: Places;
  response: ServerResponse;
  /** Whether the browser may still look. */
  allowed: () => boolean;
  intervalMs?: number | undefined;
}

const INTERVAL_MS = 500;
/** A proxy takes a connection for dead where nothing comes. */
const BEAT_MS = 10_000;
/** Whoever is so far behind is better served with the curves as they are now. */
const MOST_BYTES = 256 << 10;
/** A browser that does not read is not written to. */
const MOST_WAITING = 1 << 20;
const MOST_LOG_LINES = 200;

/** Resolves when the browser has gone. */
export async function streamRun(options: StreamOptions): Promise<void> {
  const { response, allowed, intervalMs = INTERVAL_MS } = options;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  response.write('retry: 1000\n\n');
  const stream = new RunStream(options);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  if (response.destroyed) return;
  while (!gone.signal.aborted && !stream.over && allowed()) {
    if (response.writableLength < MOST_WAITING) await stream.tell();
    await sleep(intervalMs, undefined, { signal: gone.signal }).catch(() => undefined);
  }
  response.end();
}

class RunStream {
  private readonly run: WatchedRun;
  private readonly response: ServerResponse;
  private places: Places;
  /** The browser knows too little to go on from there, and begins anew. */
  over = false;
  /** What was told last, as text. */
  private told = { summary: '', evaluations: '' };
  private writtenMs = performance.now();

  constructor({ run, response, places }: StreamOptions) {
    this.run = run;
    this.response = response;
    this.places = places;
  }

  async tell(): Promise<void> {
    for (const file of GROWING) await this.tellLines(file);
    await this.run.refresh();
    this.tellOnce('summary', await recentSummary(this.run));
    this.tellOnce('evaluations', await evaluatedSteps(this.run.directory));
    if (performance.now() - this.writtenMs > BEAT_MS) this.write(': still here\n\n');
  }

  private async tellLines(file: GrowingFile): Promise<void> {
    const path = pathOf(this.run.directory, file);
    const read = await readNewLines(path, this.places[file], MOST_BYTES).catch(() => null);
    if (read === null) return;
    const { replaced, left } = read;
    const behind = replaced || left > MOST_BYTES;
    // Of ranks and logs the newest do: nobody is told again what was before.
    const { lines, place } = behind && !isWhole(file) ? await readLastLines(path, MOST_BYTES) : read;
    this.places = { ...this.places, [file]: place };
    if (behind && isWhole(file)) return this.startAnew(file);
    const parsed = lines
      .map(file === 'metrics' ? parseNumbers : parseLine)
      .filter((line): line is Line => line !== null);
    if (parsed.length > 0) this.send(file, shown(file, parsed));
  }

  private startAnew(file: GrowingFile): void {
    this.over = true;
    this.send('reset', { file });
  }

  /** Without the seconds since the last step, which the browser counts by itself. */
  private tellOnce(kind: 'summary' | 'evaluations', value: object): void {
    const text = JSON.stringify({ ...value, sinceStep: quietMinutes(value) });
    if (text === this.told[kind]) return;
    this.told[kind] = text;
    this.send(kind, value);
  }

  private send(kind: string, value: unknown): void {
    this.write(`id: ${formatPlaces(this.places)}\nevent: ${kind}\ndata: ${JSON.stringify(value)}\n\n`);
  }

  private write(text: string): void {
    this.writtenMs = performance.now();
    this.response.write(text);
  }
}

/** Of the other files the newest lines do, and a log goes on in a new file when it has grown long. */
function isWhole(file: GrowingFile): boolean {
  return file === 'metrics' || file === 'events';
}

/** Of a run that is silent it is said again each minute for how long. */
function quietMinutes(value: { phase?: string; sinceStep?: number | null }): number | null {
  return value.phase === 'quiet' ? Math.floor((value.sinceStep ?? 0) / 60) : null;
}

function shown(file: GrowingFile, lines: Line[]): Line[] {
  if (file === 'ranks') return lines.slice(-1);
  return file === 'logs' ? lines.slice(-MOST_LOG_LINES) : lines;
}
