/** Which concepts the MeSH terms of a report stand for, by the table in mesh.json. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.js';

/** What is scored as one thing: terms on the one side, concepts of the graph on the other. */
export interface Category {
  name: string;
  /** A heading with qualifiers, e.g. `Calcinosis/aorta`: a term fits where it has the heading and all of them. */
  terms: string[];
  concepts: string[];
}

export function readCategories(): Category[] {
  const table = JSON.parse(readFileSync(join(packageRoot, 'bench', 'linker', 'mesh.json'), 'utf8')) as Record<
    string,
    Omit<Category, 'name'>
  >;
  return Object.entries(table).map(([name, entry]) => ({ name, ...entry }));
}

/** Names of the categories that the terms of a report stand for. */
export function referenceOf(terms: readonly string[], categories: readonly Category[]): Set<string> {
  const split = terms.map(partsOf);
  const fits = (wanted: readonly string[]): boolean =>
    split.some((parts) => parts[0] === wanted[0] && wanted.every((part) => parts.includes(part)));
  return new Set(categories.filter(({ terms }) => terms.map(partsOf).some(fits)).map(({ name }) => name));
}

function partsOf(term: string): string[] {
  return term
    .toLowerCase()
    .split('/')
    .map((part) => part.trim().replace(/\s+/g, ' '));
}

/** Names of the categories that hold one of the concepts. */
export function categoriesOf(concepts: Iterable<string>, categories: readonly Category[]): Set<string> {
  const present = new Set(concepts);
  return new Set(categories.filter(({ concepts }) => concepts.some((id) => present.has(id))).map(({ name }) => name));
}
