// docs/troubleshooting.md has something to say about every error, once.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERROR_TABLE } from '../../src/core/errors.js';
import { packageRoot } from '../../src/core/package-root.js';

const page = readFileSync(join(packageRoot, 'docs', 'troubleshooting.md'), 'utf8');

it('has one row for each code of the table, and no other', () => {
  const rows = Array.from(page.matchAll(/^\| (`MLIP_E_[^|]+) \|/gm), ([, codes]) => codes);
  const listed = rows.flatMap((codes) => codes.match(/MLIP_E_\w+/g) ?? []);
  expect(listed.toSorted()).toEqual(Object.keys(ERROR_TABLE).toSorted());
});
