/** Which family weights and models are of. */
import { bertFamily } from './bert-family.js';
import type { Family, Part, Shapes } from './family.js';
import { resnetFamily } from './resnet-family.js';
import { vitFamily } from './vit-family.js';

/** BERT last: a model of images and reports is known by its images first. */
export const FAMILIES: readonly Family[] = [vitFamily, resnetFamily, bertFamily];

/** The family of a model's encoder. `shapes`: of the whole model. */
export function familyOfModel(shapes: Shapes, part: Part): Family {
  return FAMILIES.find((family) => family.part === part && shapes.has(`${part}.${family.anchor}`))!;
}

/** What stands before the anchor of a family in the names of a file; none where the file is not of the family. */
export function prefixesOf(names: Iterable<string>, { anchor }: Family): string[] {
  return [...names]
    .filter((name) => name === anchor || name.endsWith(`.${anchor}`))
    .map((name) => name.slice(0, -anchor.length));
}

/** The tensors whose names begin with a prefix, by what follows it. */
export function shapesUnder(prefix: string, tensors: Iterable<[string, { shape: readonly number[] }]>): Shapes {
  return new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { shape }]) => [name.slice(prefix.length), shape]),
  );
}
