/**
 * A manifest: the list of image-report pairs that a run trains on, one a row, as JSON lines or CSV (design.md). Reading
 * it collects every faulty row instead of stopping at the first; `requireUsable` then decides whether there are too many.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { messageOf, MlipError } from '../core/errors.js';
import { readCsv } from './manifest-csv.js';
import { readJsonl } from './manifest-jsonl.js';
import { parseRow, type ManifestRow, type RawRecord, type RowFault } from './manifest-row.js';

export type { Box, Link, ManifestRow, RowFault, Split } from './manifest-row.js';

export interface Manifest {
  path: string;
  /** Rows without a fault, in file order. */
  rows: ManifestRow[];
  /** In order of line. A row may have several. */
  faults: RowFault[];
  /** SHA-256 of the file, hexadecimal. */
  hash: string;
}

type Reader = (chunks: AsyncIterable<Buffer>, path: string) => AsyncIterable<RawRecord>;

const READERS: Record<string, Reader> = { '.jsonl': readJsonl, '.ndjson': readJsonl, '.csv': readCsv };

/**
 * Reads a manifest. Faulty rows are in `faults`, not thrown.
 *
 * @throws MlipError MLIP_E_DATA_MANIFEST_MISSING, MLIP_E_DATA_MANIFEST_FORMAT (a kind or header that is not read) or
 *   MLIP_E_DATA_STORAGE.
 */
export async function readManifest(path: string): Promise<Manifest> {
  await requireFile(path);
  const read = readerOf(path);
  const hash = createHash('sha256');
  const found = { rows: [] as ManifestRow[], faults: [] as RowFault[] };
  const images = new Map<string, number>();
  for await (const raw of read(chunksOf(path, hash), path)) collect(raw, path, images, found);
  found.faults.sort((a, b) => a.line - b.line);
  return { path, ...found, hash: hash.digest('hex') };
}

function collect(raw: RawRecord, path: string, images: Map<string, number>, found: Pick<Manifest, 'rows' | 'faults'>) {
  const parsed = 'fault' in raw ? [raw.fault] : parseRow(raw.record, raw.line, path);
  if (Array.isArray(parsed)) {
    found.faults.push(...parsed);
    return;
  }
  const first = images.get(parsed.image);
  if (first === undefined) {
    images.set(parsed.image, parsed.line);
    found.rows.push(parsed);
  } else {
    found.faults.push({ line: parsed.line, field: 'image', problem: `is the image of line ${first} again` });
  }
}

async function requireFile(path: string): Promise<void> {
  const info = await stat(path).catch((error: unknown) => {
    throw new MlipError('MLIP_E_DATA_MANIFEST_MISSING', 'The manifest cannot be opened.', {
      where: path === '' ? 'data.manifest is empty' : `${path} (${messageOf(error)})`,
      remedy: 'Give the path of a manifest with --data, or make one: mlip data synth --pairs 500 --out DIR.',
      cause: error,
    });
  });
  if (info.isFile()) return;
  throw new MlipError('MLIP_E_DATA_MANIFEST_FORMAT', 'The manifest is not a file.', {
    where: path,
    remedy: 'Give the file that lists the pairs, for example DIR/pairs.jsonl.',
  });
}

function readerOf(path: string): Reader {
  const extension = extname(path).toLowerCase();
  const reader = READERS[extension];
  if (reader !== undefined) return reader;
  const kind = extension === '' ? 'a file without an extension' : extension;
  throw new MlipError('MLIP_E_DATA_MANIFEST_FORMAT', `Manifests of this kind (${kind}) are not read.`, {
    where: path,
    remedy: `Convert it to JSON lines (.jsonl) or CSV (.csv)${extension === '.parquet' ? ', for example with pandas' : ''}.`,
  });
}

async function* chunksOf(path: string, hash: Hash): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw new MlipError('MLIP_E_DATA_STORAGE', `The manifest could not be read: ${messageOf(error)}.`, {
      where: path,
      remedy: 'Check the disk or the mount and try again.',
      cause: error,
    });
  }
}
