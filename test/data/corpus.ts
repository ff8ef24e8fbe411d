/** A small corpus on disk for the tests: pictures whose grey values tell their row, and a manifest. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll } from 'vitest';
import type { Config } from '../../src/config/schema.js';
import type { LogFields, Logger } from '../../src/core/log.js';

export const fixture = (...parts: string[]): string => join(import.meta.dirname, '..', 'fixtures', 'data', ...parts);

const directories: string[] = [];
afterAll(() => directories.forEach((directory) => rmSync(directory, { recursive: true })));

/** An empty directory that goes when the tests of the file are through. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'mlip-data-'));
  directories.push(directory);
  return directory;
}

export function writeManifest(directory: string, rows: readonly unknown[], name = 'pairs.jsonl'): string {
  const path = join(directory, name);
  writeFileSync(path, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n') + '\n');
  return path;
}

export const reportOf = (row: number): string =>
  `FINDINGS: The heart is normal in size. Case ${row} shows opacity.\nIMPRESSION: 1. Opacity ${row}.`;

/** Images of 40 x 40 with ramps that differ from row to row, and their manifest. */
export async function writeCorpus(count: number, fields: (row: number) => object = () => ({})): Promise<string> {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'images'));
  const rows = Array.from({ length: count }, (_, row) => ({
    image: imageName(row),
    report: reportOf(row),
    ...fields(row),
  }));
  for (let row = 0; row < count; row++) await writeRamp(join(directory, imageName(row)), row);
  return writeManifest(directory, rows);
}

export const imageName = (row: number): string => `images/${row}.png`;

async function writeRamp(path: string, row: number): Promise<void> {
  const side = 40;
  const pixels = Uint8Array.from(
    { length: side * side },
    (_, i) => (3 * row + 2 * (i % side) + Math.floor(i / side)) % 256,
  );
  await sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toFile(path);
}

export const DATA: Config['data'] = {
  manifest: '',
  vocabulary: '',
  vocabularySize: 120,
  maxPieces: 24,
  resize: 20,
  maxBadShare: 0.2,
  maxPixels: 1_000_000,
  prefetchSteps: 2,
  decodeThreads: 2,
  cacheMb: 1,
};

export interface LogLine {
  level: string;
  message: string;
  fields: LogFields;
}

/** A logger that keeps its lines. */
export function recordingLog(): Logger & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  const log: Logger & { lines: LogLine[] } = {
    ...{ lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    ...{ with: () => log, also: () => log },
  };
  return log;
}
