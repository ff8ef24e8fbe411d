/**
 * Reads a file that lists images, one a row, as JSON lines or CSV: what manifests and lists of labelled images have in
 * common. Reading collects every faulty row instead of stopping at the first; `requireUsable` then decides whether there
 * are too many.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { messageOf, MlipError } from '../core/errors.js';
import type { ImageRow, RawRecord, RowFault } from './image-row.js';
import { readCsv } from './manifest-csv.js';
import { readJsonl } from './manifest-jsonl.js';

export interface ImageList<Row extends ImageRow> {
  path: string;
  /** Rows without a fault, in file order. */
  rows: Row[];
  /** In order of line. A row may have several. */
  faults: RowFault[];
  /** SHA-256 of the file, hexadecimal. */
  hash: string;
}

/** What the rows of a list are. */
export interface ListKind<Row extends ImageRow> {
  /** Columns that a CSV must have. */
  columns: readonly string[];
  /** @param list path of the file */
  parse(record: unknown, line: number, list: string): Row | RowFault[];
  /** Sentences for errors: where there is no such file, and where a CSV lacks a column. */
  remedies: { missing: string; columns: string };
}

type Reader = (chunks: AsyncIterable<Buffer>, path: string, kind: ListKind<ImageRow>) => AsyncIterable<RawRecord>;

const READERS: Record<string, Reader> = { '.jsonl': readJsonl, '.ndjson': readJsonl, '.csv': readCsv };

/**
 * Faulty rows are in `faults`, not thrown.
 *
 * @throws MlipError MLIP_E_DATA_MANIFEST_MISSING, MLIP_E_DATA_MANIFEST_FORMAT (a kind or header that is not read) or
 *   MLIP_E_DATA_STORAGE.
 */
export async function readImageList<Row extends ImageRow>(path: string, kind: ListKind<Row>): Promise<ImageList<Row>> {
  await requireFile(path, kind.remedies.missing);
  const read = readerOf(path);
  const hash = createHash('sha256');
  const found = { rows: [] as Row[], faults: [] as RowFault[] };
  const images = new Map<string, number>();
  for await (const raw of read(chunksOf(path, hash), path, kind)) {
    collect('fault' in raw ? [raw.fault] : kind.parse(raw.record, raw.line, path), images, found);
  }
  found.faults.sort((a, b) => a.line - b.line);
  return { path, ...found, hash: hash.digest('hex') };
}

function collect<Row extends ImageRow>(
  parsed: Row | RowFault[],
  images: Map<string, number>,
  found: Pick<ImageList<Row>, 'rows' | 'faults'>,
): void {
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

async function requireFile(path: string, remedy: string): Promise<void> {
  const info = await stat(path).catch((error: unknown) => {
    throw new MlipError('MLIP_E_DATA_MANIFEST_MISSING', 'the manifest cannot be opened', {
      where: path === '' ? 'data.manifest is empty' : `${path} (${messageOf(error)})`,
      remedy,
      cause: error,
    });
  });
  if (info.isFile()) return;
  throw new MlipError('MLIP_E_DATA_MANIFEST_FORMAT', 'the manifest is not a file', {
    where: path,
    remedy: 'Give the file that lists the images, for example DIR/pairs.jsonl.',
  });
}

function readerOf(path: string): Reader {
  const extension = extname(path).toLowerCase();
  const reader = READERS[extension];
  if (reader !== undefined) return reader;
  const kind = extension === '' ? 'a file without an extension' : extension;
  throw new MlipError('MLIP_E_DATA_MANIFEST_FORMAT', `manifests of this kind (${kind}) are not read`, {
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
    throw new MlipError('MLIP_E_DATA_STORAGE', `the manifest could not be read: ${messageOf(error)}`, {
      where: path,
      remedy: 'Check the disk or the mount and try again.',
      cause: error,
    });
  }
}
