/** Whether values.yaml, its schema and docs/kubernetes.md tell of the same values. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../src/core/package-root.js';

const chart = join(packageRoot, 'deploy/helm/mlip');
const values = parse(readFileSync(join(chart, 'values.yaml'), 'utf8')) as Record<string, unknown>;

interface Schema {
  properties?: Record<string, Schema>;
}

/** Names with dots in between, down to that many parts. */
function names(value: unknown, parts: number, children: (value: unknown) => unknown): string[] {
  const inner = children(value);
  if (parts === 0 || typeof inner !== 'object' || inner === null) return [''];
  const below = Object.entries(inner).flatMap(([key, child]) =>
    names(child, parts - 1, children).map((rest) => `${key}.${rest}`),
  );
  return below.map((name) => name.replace(/\.$/, ''));
}

it('docs/kubernetes.md lists every value', () => {
  const text = readFileSync(join(packageRoot, 'docs/kubernetes.md'), 'utf8');
  const listed = Array.from(text.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z]+)*)`/g), ([, name]) => name);
  const known = names(values, 2, (value) => value);
  expect(known.filter((name) => !listed.includes(name))).toEqual([]);
});

it('the schema knows every value, and none that is not there', () => {
  const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as Schema;
  const inSchema = names(schema, 2, (value) => (value as Schema).properties);
  expect(inSchema.filter((name) => name !== 'global').sort()).toEqual(
    names(values, 2, (value) => (Array.isArray(value) ? null : value)).sort(),
  );
});
