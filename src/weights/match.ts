/** Which tensor of a source becomes which parameter of a model, by names and shapes alone. */
import type { Layout } from '../encoders/layout.js';
import { FAMILIES, familyOfModel, prefixesOf, shapesUnder } from './families.js';
import { isSameShape, otherArchitecture, type Conversion, type Family, type Part, type Shapes } from './family.js';
import type { WeightSource } from './source.js';

export interface Taken {
  /** Parameter of the model. */
  name: string;
  source: string;
  conversion: Conversion | undefined;
}

export interface Match {
  family: Family;
  /** What the file writes before the names of its family, e.g. `bert.`. */
  prefix: string;
  taken: Taken[];
  /** Names of the source that the model has no place for. */
  unused: string[];
}

/**
 * @param model everything that a file of the model holds
 * @throws MLIP_E_WEIGHTS_ARCHITECTURE, MLIP_E_WEIGHTS_VOCABULARY
 */
export function matchWeights({ path, tensors }: WeightSource, part: Part, model: Layout): Match {
  const shapes: Shapes = new Map(model.map(({ name, shape }) => [name, shape]));
  const family = familyOfModel(shapes, part);
  const prefix = requirePrefix(tensors.keys(), family, path);
  const found = shapesUnder(prefix, tensors);
  const wanted = shapesUnder(`${part}.`, new Map(model.map((spec) => [spec.name, spec])));
  family.check(found, wanted, path);
  const taken = new Map<string, Taken>();
  for (const [name, shape] of found) {
    const target = family.target(name, wanted);
    const place = shapes.get(target);
    if (place !== undefined)
      taken.set(target, { name: target, source: prefix + name, conversion: fit(family, name, shape, place, path) });
    else if (family.isEssential(name, wanted)) throw surplus(prefix + name, family, path);
  }
  const used = new Set(Array.from(taken.values(), ({ source }) => source));
  return { family, prefix, taken: [...taken.values()], unused: [...tensors.keys()].filter((name) => !used.has(name)) };
}

function requirePrefix(names: Iterable<string>, family: Family, path: string): string {
  const all = [...names];
  const prefixes = prefixesOf(all, family);
  if (prefixes.length === 1) return prefixes[0];
  if (prefixes.length > 1) {
    const remedy = 'Copy the one that you want into a file of its own.';
    throw otherArchitecture(`${prefixes.length} encoders: under ${prefixes.join(' and ')}`, path, remedy);
  }
  const other = FAMILIES.find((candidate) => prefixesOf(all, candidate).length > 0);
  const instead = other === undefined ? 'names that mlip does not know' : `a ${other.title}`;
  throw otherArchitecture(`${instead}; the model has a ${family.title} there, whose files hold ${family.anchor}`, path);
}

function fit(
  family: Family,
  name: string,
  from: readonly number[],
  to: readonly number[],
  path: string,
): Conversion | undefined {
  if (isSameShape(from, to)) return undefined;
  const conversion = family.conversion(name, from, to);
  if (conversion !== undefined) return conversion;
  throw otherArchitecture(`${name} is [${from.join(', ')}]; the model has [${to.join(', ')}]`, path);
}

function surplus(name: string, family: Family, path: string): Error {
  return otherArchitecture(
    `it has ${name}, which the ${family.title} of the model does not have: what it computes would differ`,
    path,
  );
}
