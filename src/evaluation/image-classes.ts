/** Chooses the images of two classes out of a labelled list, and makes sure that there are enough to fit and to score. */
import { didYouMean } from '../config/suggest.js';
import { MlipError } from '../core/errors.js';
import type { LabelledImage } from '../data/labelled-images.js';

/** The negative class and the positive one. */
export type ClassPair = readonly [string, string];

/** Images by class. */
export type ClassCounts = Record<string, number>;

/** Splits that a probe uses, with the fewest images of a class that it can work with: a variance needs two. */
const NEEDED = { train: 1, valid: 2 } as const;

/** @throws MLIP_E_EVALUATION_UNKNOWN_CLASS where no image has one of the labels */
export function imagesOfClasses(rows: readonly LabelledImage[], classes: ClassPair, list: string): LabelledImage[] {
  const labels = [...new Set(rows.map(({ label }) => label))];
  for (const name of classes) if (!labels.includes(name)) throw unknownClass(name, labels, list);
  return rows.filter(({ label, split }) => classes.includes(label) && split in NEEDED);
}

function unknownClass(name: string, labels: readonly string[], list: string): MlipError {
  return new MlipError('MLIP_E_EVALUATION_UNKNOWN_CLASS', `no image has the label ${name}`, {
    where: list,
    remedy: `${didYouMean(name, labels)}Choose two with --classes A,B: ${labels.join(', ').slice(0, 200)}.`,
  });
}

export function countClasses(
  rows: readonly LabelledImage[],
  classes: ClassPair,
  split: 'train' | 'valid',
): ClassCounts {
  const count = (name: string): number => rows.filter((row) => row.label === name && row.split === split).length;
  return Object.fromEntries(classes.map((name) => [name, count(name)]));
}

/** @throws MLIP_E_EVALUATION_TOO_FEW_IMAGES */
export function requireImages(rows: readonly LabelledImage[], classes: ClassPair, list: string): void {
  for (const split of ['train', 'valid'] as const) {
    for (const [name, count] of Object.entries(countClasses(rows, classes, split))) {
      if (count < NEEDED[split]) throw tooFew(name, split, count, list);
    }
  }
}

function tooFew(name: string, split: 'train' | 'valid', count: number, list: string): MlipError {
  const found = count === 0 ? 'no usable image' : `only ${count} usable image`;
  return new MlipError('MLIP_E_EVALUATION_TOO_FEW_IMAGES', `the class ${name} has ${found} in the split ${split}`, {
    where: list,
    remedy: `Give at least ${NEEDED.train} image of each class the split train and ${NEEDED.valid} the split valid.`,
  });
}
