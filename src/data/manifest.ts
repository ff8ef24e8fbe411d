/** A manifest: the list of image-report pairs that a run trains on, one a row, as JSON lines or CSV (design.md). */
import { readImageList, type ImageList, type ListKind } from './image-list.js';
import { parseRow, type ManifestRow } from './manifest-row.js';

export type { RowFault, Split } from './image-row.js';
export type { Box, Link, ManifestRow } from './manifest-row.js';

export type Manifest = ImageList<ManifestRow>;

const PAIRS: ListKind<ManifestRow> = {
  columns: ['image', 'report'],
  parse: parseRow,
  remedies: {
    missing: 'Give the path of a manifest with --data, or make one: mlip data synth --pairs 500 --out DIR.',
    columns: 'Name the columns in the first line: image and report, and if you have them study, view, split, labels.',
  },
};

/**
 * Reads a manifest. Faulty rows are in `faults`, not thrown.
 *
 * @throws MlipError MLIP_E_DATA_MANIFEST_MISSING, MLIP_E_DATA_MANIFEST_FORMAT or MLIP_E_DATA_STORAGE
 */
export async function readManifest(path: string): Promise<Manifest> {
  return readImageList(path, PAIRS);
}
