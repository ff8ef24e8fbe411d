/** Looks at every row of a manifest, image and report included: what `mlip data check` prints. */
import type { Config } from '../config/schema.js';
import { hasCode } from '../core/errors.js';
import { createLimiter } from './concurrency.js';
import { decodeThreads } from './decode-threads.js';
import { decodeSquare } from './image.js';
import { readManifest, type ManifestRow, type RowFault, type Split } from './manifest.js';
import { splitPairs, type Pair } from './pairs.js';
import { summarise, type Summary } from './summary.js';
import { faultyLines } from './usable.js';

/** Grey levels below which an image counts as black: 12-bit values in a 16-bit file look like this. */
const BLACK_LEVEL = 16;

export interface CheckReport {
  path: string;
  /** SHA-256 of the manifest. */
  hash: string;
  /** Rows of the file, faulty ones included. */
  rows: number;
  /** Rows that can be trained on or evaluated. */
  usable: number;
  /** What makes rows unusable, in order of line. */
  faults: RowFault[];
  /** What is no fault but worth a look, in order of line: reports too short to be used, images that are almost black. */
  warnings: RowFault[];
  splits: Record<Split, number>;
  /** Usable rows by label; a row with two labels counts in both. */
  labels: Record<string, number>;
  views: Record<string, number>;
  studies: number;
  /** Usable rows whose cleaned report another row has too. */
  repeatedReports: number;
  /** Words of a cleaned report. */
  reportWords: Summary;
  /** Pixels of the images, as stored. */
  imageWidth: Summary;
  imageHeight: Summary;
}

export interface CheckOptions {
  data: Pick<Config['data'], 'resize' | 'maxPixels' | 'decodeThreads'>;
  /** Called after each image. */
  onProgress?: (done: number, total: number) => void;
}

/** @throws MlipError where the manifest itself cannot be read; faulty rows are in the result */
export async function checkManifest(path: string, options: CheckOptions): Promise<CheckReport> {
  const manifest = await readManifest(path);
  const { dropped, ...sets } = splitPairs(manifest);
  const images = await checkImages(manifest.rows, options);
  const faults = inOrder([...manifest.faults, ...images.faults]);
  const bad = new Set(faults.map(({ line }) => line));
  const good = (pairs: Pair[]) => pairs.filter(({ line }) => !bad.has(line));
  const usable = { train: good(sets.train), valid: good(sets.valid), test: good(sets.test) };
  return {
    path,
    hash: manifest.hash,
    rows: manifest.rows.length + faultyLines(manifest.faults),
    faults,
    warnings: inOrder([...images.warnings, ...dropped.map(tooShort)]),
    splits: { train: usable.train.length, valid: usable.valid.length, test: usable.test.length },
    ...describePairs([...usable.train, ...usable.valid, ...usable.test]),
    imageWidth: summarise(images.widths),
    imageHeight: summarise(images.heights),
  };
}

function inOrder(faults: RowFault[]): RowFault[] {
  return faults.sort((a, b) => a.line - b.line);
}

function tooShort({ line }: ManifestRow): RowFault {
  return { line, field: 'report', problem: 'has fewer than three words once cleaned: the row is left out' };
}

function describePairs(pairs: readonly Pair[]) {
  return {
    usable: pairs.length,
    labels: countEach(pairs.flatMap(({ labels }) => labels)),
    views: countEach(pairs.flatMap(({ view }) => view ?? [])),
    studies: new Set(pairs.flatMap(({ study }) => study ?? [])).size,
    repeatedReports: pairs.length - new Set(pairs.map(({ text }) => text)).size,
    reportWords: summarise(pairs.map(({ text }) => text.split(' ').length)),
  };
}

/** Frequent values first. */
function countEach(values: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

interface ImageFindings {
  faults: RowFault[];
  warnings: RowFault[];
  widths: number[];
  heights: number[];
}

async function checkImages(rows: readonly ManifestRow[], { data, onProgress }: CheckOptions): Promise<ImageFindings> {
  const limit = createLimiter(decodeThreads(data.decodeThreads));
  const found: ImageFindings = { faults: [], warnings: [], widths: [], heights: [] };
  let done = 0;
  const check = async (row: ManifestRow): Promise<void> => {
    await checkImage(row, data, found);
    onProgress?.((done += 1), rows.length);
  };
  await Promise.all(rows.map((row) => limit(() => check(row))));
  return found;
}

async function checkImage(
  { line, image }: ManifestRow,
  data: CheckOptions['data'],
  found: ImageFindings,
): Promise<void> {
  const field = 'image';
  try {
    const { pixels, width, height, bits } = await decodeSquare(image, data.resize, data);
    found.widths.push(width);
    found.heights.push(height);
    const brightest = pixels.reduce((most, value) => Math.max(most, value), 0);
    const hint = bits === 16 ? ': its 16 bits may hold 12-bit values, scale them up' : '';
    if (brightest < BLACK_LEVEL) found.warnings.push({ line, field, problem: `is almost black${hint}` });
  } catch (error) {
    if (!hasCode(error, 'MLIP_E_DATA_IMAGE')) throw error;
    const problem = error.message.replace(/^the image /, '');
    found.faults.push({ line, field, problem });
  }
}
