// The documents that are written from the code are current. `npx vitest run documents -u` renews them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RESERVED_VARIABLES } from '../../src/config/environment.js';
import { ERROR_TABLE } from '../../src/core/errors.js';
import { packageRoot } from '../../src/core/package-root.js';
import { LABELS } from '../../src/metrics/labels.js';
import { allMetrics } from './metrics-list.js';
import { commandsDocument, configurationDocument, errorsDocument, metricsDocument } from './render.js';
import { sizingDocument } from './sizing.js';

const document = (name: string): string => join(packageRoot, 'docs', name);

it('docs/errors.md lists every error with its exit status', async () => {
  await expect(errorsDocument()).toMatchFileSnapshot(document('errors.md'));
});

it('docs/metrics.md lists every metric', async () => {
  await expect(metricsDocument()).toMatchFileSnapshot(document('metrics.md'));
});

it('every label of a metric is documented, with what keeps its values few', () => {
  const used = Object.values(allMetrics()).flatMap((metrics) => metrics.flatMap(({ labelNames }) => labelNames));
  expect(new Set(['run', 'role', 'worker', ...used])).toEqual(new Set(Object.keys(LABELS)));
});

it('docs/configuration.md lists every key with the value of mlip-nano', async () => {
  await expect(configurationDocument()).toMatchFileSnapshot(document('configuration.md'));
});

it('docs/cli.md holds the help of every command, so that no flag changes unseen', async () => {
  await expect(commandsDocument()).toMatchFileSnapshot(document('cli.md'));
});

it('docs/sizing.md computes what a step moves as the code does', async () => {
  await expect(sizingDocument()).toMatchFileSnapshot(document('sizing.md'));
});

/** Texts of the sources. */
const sources = ['src', 'bench'].flatMap((folder) =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(packageRoot, folder, path), 'utf8')),
);

it('every error of the table is raised somewhere', () => {
  const raised = new Set(sources.flatMap((text) => text.match(/'MLIP_E_\w+'/g) ?? []));
  expect(Object.keys(ERROR_TABLE).filter((name) => !raised.has(`'${name}'`))).toEqual([]);
});

it('every error that a source names is in the table, also where it is a text on its way', () => {
  const named = new Set(sources.flatMap((text) => text.match(/MLIP_E_[A-Z]\w*[A-Z]\b/g) ?? []));
  expect(named.size).toBeGreaterThan(50);
  expect([...named].filter((name) => !(name in ERROR_TABLE))).toEqual([]);
});

it('every MLIP_ variable that a source reads is documented', () => {
  const read = new Set(
    sources.flatMap((text) => Array.from(text.matchAll(/env\[['"](MLIP_\w+)['"]\]/g), ([, name]) => name)),
  );
  expect(read.size).toBeGreaterThan(0);
  expect([...read].filter((name) => !(name in RESERVED_VARIABLES))).toEqual([]);
});
