/** A list of images with one label each (image, label, split), as JSON lines or CSV: what classifiers learn from. */
import { z } from 'zod';
import { readImageList, type ImageList, type ListKind } from './image-list.js';
import { imageSchema, parseFields, resolveBeside, splitSchema, text } from './image-row.js';
import type { ImageRow, RowFault, Split } from './image-row.js';
import { requireUsable, type UsableRemedies } from './usable.js';

export interface LabelledImage extends ImageRow {
  label: string;
  /** `train` where the row names none. */
  split: Split;
}

const rowSchema = z.object({ image: imageSchema, label: text, split: splitSchema.default('train') });

const LABELLED: ListKind<LabelledImage> = {
  columns: ['image', 'label'],
  parse: parseLabelled,
  remedies: {
    missing: 'Give the path of a list with the columns image, label and split.',
    columns: 'Name the columns in the first line: image, label and split.',
  },
};

const REMEDIES: UsableRemedies = {
  empty: 'Give a list with an image, a label and a split on each row.',
  faulty: (_, maxBadShare) => `Repair these rows or remove them: at most ${maxBadShare * 100} % may be faulty.`,
};

function parseLabelled(record: unknown, line: number, list: string): LabelledImage | RowFault[] {
  const fields = parseFields(rowSchema, LABELLED.columns, record, line);
  if (Array.isArray(fields)) return fields;
  return {
    ...fields,
    label: fields.label.trim(),
    line,
    image: resolveBeside(list, fields.image),
    imageName: fields.image,
  };
}

/**
 * @param maxBadShare share of faulty rows that is put up with, 0 to 1
 * @throws MlipError MLIP_E_DATA_MANIFEST_MISSING, MLIP_E_DATA_MANIFEST_FORMAT, MLIP_E_DATA_MANIFEST_EMPTY,
 *   MLIP_E_DATA_ROWS or MLIP_E_DATA_STORAGE
 */
export async function readLabelledImages(path: string, maxBadShare: number): Promise<ImageList<LabelledImage>> {
  const list = await readImageList(path, LABELLED);
  requireUsable(list, maxBadShare, REMEDIES);
  return list;
}
