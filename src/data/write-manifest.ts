/** Writes a manifest as JSON lines: whole, or not at all. */
import { dirname, relative, resolve, sep } from 'node:path';
import { replaceDurably, writeDurably } from '../core/durable-file.js';
import { messageOf, MlipError } from '../core/errors.js';
import type { ManifestRow } from './manifest-row.js';

const ROWS_A_PIECE = 1000;

/**
 * Paths of images and masks are written relative to the new file. Fields that mlip does not know are not in the rows, so
 * they are not written.
 *
 * @throws MlipError MLIP_E_OUT_WRITE; a file that was there before is then as it was
 */
export async function writeManifest(path: string, rows: readonly ManifestRow[]): Promise<void> {
  try {
    await replaceDurably(path, (draft) => writeDurably(draft, pieces(path, rows)));
  } catch (error) {
    throw new MlipError('MLIP_E_OUT_WRITE', `the manifest could not be written: ${messageOf(error)}`, {
      where: path,
      remedy: 'Name a file in a directory that exists and has room and that you may write to.',
      cause: error,
    });
  }
}

function* pieces(path: string, rows: readonly ManifestRow[]): Generator<Uint8Array> {
  for (let start = 0; start < rows.length; start += ROWS_A_PIECE) {
    const lines = rows.slice(start, start + ROWS_A_PIECE).map((row) => `${JSON.stringify(recordOf(row, path))}\n`);
    yield Buffer.from(lines.join(''));
  }
}

/** The row as `parseRow` would read it again; what is empty by default is left out. */
function recordOf(row: ManifestRow, path: string): Record<string, unknown> {
  const { report, study, view, split, labels, links, boxes } = row;
  const beside = (file: string): string =>
    relative(dirname(resolve(path)), file)
      .split(sep)
      .join('/');
  return {
    image: beside(row.image),
    report,
    study,
    view,
    split,
    labels: labels.length > 0 ? labels : undefined,
    links,
    boxes: boxes.length > 0 ? boxes : undefined,
    mask: row.mask === undefined ? undefined : beside(row.mask),
  };
}
