/**
 * A corpus of synthetic chest radiographs with reports: OUT/manifest.jsonl, OUT/images, OUT/masks. A row is a function of
 * the seed and its number, whatever the number of rows. The manifest is renamed into place last, so that an interrupted
 * corpus has none; OUT/corpus.json says what the directory is meant to hold.
 */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { messageOf, MlipError } from '../../core/errors.js';
import { labelsOf, sampleCase, sampleHardCase, type Case } from './case.js';
import { claimDirectory, MANIFEST_FILE, type Identity } from './corpus-directory.js';
import { createRenderer, type Box, type Radiograph } from './render.js';
import { writeReport } from './report.js';

export interface SynthOptions {
  /** Rows of the corpus, held-out ones included. */
  pairs: number;
  seed: number;
  /** Directory: absent, empty, or of the same corpus. */
  out: string;
  /** Long side of an image in pixels; 256 by default. */
  size?: number;
  /** Rows of the split `valid` at most: every fourth row until there are that many; 256 by default. */
  validPairs?: number;
  /** Rarer findings, repeated reports and studies of two films; false by default. */
  hard?: boolean;
  /** Called after each row. */
  onProgress?: (done: number, total: number) => void;
  signal?: AbortSignal;
}

export interface SynthSummary {
  /** Path of the manifest. */
  manifest: string;
  pairs: number;
  train: number;
  valid: number;
  /** True where the directory already held this corpus. */
  reused: boolean;
}

interface SynthRow {
  image: string;
  report: string;
  study: string;
  view: string;
  split: 'train' | 'valid';
  labels: string[];
  boxes: Box[];
  mask?: string;
}

/** Counts changes of the drawing and the wording. */
const VERSION = 1;
/** Every such row is held out. */
const VALID_STRIDE = 4;
/** Pictures that are encoded and written while the next are drawn. */
const WRITES_AHEAD = 4;
const MOST_PAIRS = 1_000_000;
const SIZES = { least: 32, most: 1024 };

/**
 * Writes the corpus, or finds it there already.
 *
 * @throws MlipError MLIP_E_USAGE for numbers out of range, MLIP_E_DATA_SYNTH_OUT for a directory that holds something else
 */
export async function synthesize(options: SynthOptions): Promise<SynthSummary> {
  const identity = identityOf(options);
  const { out } = options;
  const manifest = join(out, MANIFEST_FILE);
  const valid = Math.min(identity.validPairs, Math.floor(identity.pairs / VALID_STRIDE));
  const summary = { manifest, pairs: identity.pairs, train: identity.pairs - valid, valid };
  if ((await stored(out, claimDirectory(out, identity))) === 'complete') return { ...summary, reused: true };
  const rows = await writeRows(identity, options);
  const lines = rows.map((row) => JSON.stringify(row) + '\n').join('');
  await stored(out, writeFile(`${manifest}.partial`, lines));
  await stored(out, rename(`${manifest}.partial`, manifest));
  return { ...summary, reused: false };
}

function identityOf({ pairs, seed, size = 256, validPairs = 256, hard = false }: SynthOptions): Identity {
  const check = (name: string, value: number, least: number, most: number): void => {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    throw new MlipError('MLIP_E_USAGE', `${name} is ${value}, not a whole number from ${least} to ${most}`, {
      where: 'mlip data synth',
    });
  };
  check('pairs', pairs, 1, MOST_PAIRS);
  check('seed', seed, 0, 0x7fffffff);
  check('size', size, SIZES.least, SIZES.most);
  check('validPairs', validPairs, 0, MOST_PAIRS);
  return { generator: 'mlip data synth', version: VERSION, pairs, seed, size, validPairs, ...(hard && { hard }) };
}

/** Draws one picture after the other while the previous ones are encoded and written. */
async function writeRows(identity: Identity, { out, onProgress, signal }: SynthOptions): Promise<SynthRow[]> {
  const render = createRenderer(identity.size);
  const rows: SynthRow[] = [];
  const writes: Promise<void>[] = [];
  try {
    for (let row = 0; row < identity.pairs; row++) {
      signal?.throwIfAborted();
      const subject = (identity.hard ? sampleHardCase : sampleCase)(identity.seed, row);
      const radiograph = render(subject);
      const entry = describe(subject, radiograph, identity.validPairs);
      rows.push(entry);
      writes.push(stored(out, writePictures(out, entry, radiograph)));
      if (writes.length > WRITES_AHEAD) await writes.shift();
      onProgress?.(row + 1, identity.pairs);
    }
  } finally {
    await Promise.allSettled(writes);
  }
  await Promise.all(writes);
  return rows;
}

function describe(subject: Case, { boxes, mask }: Radiograph, validPairs: number): SynthRow {
  const { row, seed, study, anatomy } = subject;
  const name = `${String(row).padStart(6, '0')}.png`;
  const heldOut = row % VALID_STRIDE === VALID_STRIDE - 1 && Math.floor(row / VALID_STRIDE) < validPairs;
  return {
    image: `images/${name}`,
    report: writeReport(subject),
    study: `synth-${seed}-${study}`,
    view: anatomy.view,
    split: heldOut ? 'valid' : 'train',
    labels: labelsOf(subject),
    boxes,
    ...(mask && { mask: `masks/${name}` }),
  };
}

async function writePictures(out: string, row: SynthRow, { pixels, mask, width, height }: Radiograph): Promise<void> {
  const write = (path: string, values: Uint8Array): Promise<unknown> =>
    sharp(values, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png({ compressionLevel: 4 })
      .toFile(join(out, path));
  await write(row.image, pixels);
  if (row.mask && mask) await write(row.mask, mask);
}

/** The operation's result; its failure as an error that names the directory. */
async function stored<T>(out: string, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (cause) {
    if (cause instanceof MlipError) throw cause;
    const remedy = 'Check that the disk has room and the directory can be written, or give another one with --out.';
    throw new MlipError('MLIP_E_DATA_STORAGE', `writing failed: ${messageOf(cause)}`, { where: out, remedy, cause });
  }
}
