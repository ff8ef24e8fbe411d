// The Grafana dashboard is what its code says, shows metrics that there are, and has what Grafana needs.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dashboard } from '../../deploy/grafana/dashboard.js';
import { ROWS } from '../../deploy/grafana/panels.js';
import { packageRoot } from '../../src/core/package-root.js';
import { LABELS } from '../../src/metrics/labels.js';
import { seriesNames } from '../documents/metrics-list.js';
import { alertRules } from './rules.js';

const DASHBOARD = join(packageRoot, 'deploy', 'helm', 'mlip', 'files', 'dashboard.json');
const { panels, templating, annotations } = dashboard();
const specs = ROWS.flatMap((row) => row.panels);
const expressions = [
  ...specs.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
  ...annotations.list.map(({ expr }) => expr),
  ...templating.list.flatMap((variable) => ('definition' in variable ? [variable.definition] : [])),
];

const METRIC = /\b(?:mlip|process|nodejs)_\w+/g;

/** By the operator of Prometheus, to what runs in a cluster: elsewhere none has them. */
const ADDED = ['namespace'];

it('dashboard.json of the chart is written from the code', async () => {
  await expect(`${JSON.stringify(dashboard(), null, 2)}\n`).toMatchFileSnapshot(DASHBOARD);
});

it.each([
  ['panels', expressions],
  ['alerts', alertRules().map(({ expr }) => expr)],
])('%s ask for metrics that are documented, by labels that they have', (_, texts) => {
  const known = seriesNames();
  const named = texts.flatMap((text) => text.match(METRIC) ?? []);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  const labels = texts.flatMap((text) => Array.from(text.matchAll(/(\w+)=~?"/g), ([, label]) => label));
  const by = texts.flatMap((text) =>
    Array.from(text.matchAll(/by \(([^)]+)\)/g), ([, list]) => list.split(/,\s*/)).flat(),
  );
  const foreign = new Set(['le', ...ADDED]);
  expect([...labels, ...by].filter((label) => !foreign.has(label) && !(label in LABELS))).toEqual([]);
});

it('every metric of mlip itself is in a panel or an alert, or is told apart here', () => {
  const shown = new Set(
    [...expressions, ...alertRules().map(({ expr }) => expr)].flatMap((text) => text.match(METRIC) ?? []),
  );
  const own = [...seriesNames()].filter((name) => /^mlip_/.test(name) && !/_(bucket|sum|count)$/.test(name));
  const missing = own.filter((name) => ![name, `${name}_bucket`, `${name}_sum`].some((series) => shown.has(series)));
  // Of a worker: which rank it has at the moment.
  expect(missing).toEqual(['mlip_rank']);
});

it('has variables for the data source and the run, which its queries use', () => {
  expect(templating.list.map(({ name, type }) => [name, type])).toEqual([
    ['datasource', 'datasource'],
    ['run', 'query'],
  ]);
  const ofRuns = specs.filter(({ needs }) => needs !== 'store' && needs !== 'queue');
  for (const { title, queries } of ofRuns) for (const { expr } of queries) expect(expr, title).toContain('run=~"$run"');
});

it('has panels with ids of their own, a unit, a text and a place, none over another', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const panel of panels) {
    const { x, y, w, h } = panel.gridPos;
    expect(x + w).toBeLessThanOrEqual(24);
    for (let row = y; row < y + h; row++) {
      for (let column = x; column < x + w; column++) {
        expect(taken.has(`${row} ${column}`), panel.title).toBe(false);
        taken.add(`${row} ${column}`);
      }
    }
    if (panel.type === 'row') continue;
    expect(panel, panel.title).toMatchObject({ datasource: { type: 'prometheus', uid: '${datasource}' } });
    const { fieldConfig, targets, description } = panel as unknown as {
      description: string;
      fieldConfig: { defaults: { unit: string } };
      targets: { refId: string; legendFormat: string }[];
    };
    expect(fieldConfig.defaults.unit, panel.title).not.toBe('');
    expect(description.length, panel.title).toBeGreaterThan(3);
    expect(new Set(targets.map(({ refId }) => refId)).size, panel.title).toBe(targets.length);
    expect(
      targets.every(({ legendFormat }) => legendFormat !== ''),
      panel.title,
    ).toBe(true);
  }
});

it('every panel that a runbook names is there', () => {
  const titles = new Set(specs.map(({ title }) => title));
  const folder = join(packageRoot, 'docs', 'runbooks');
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const named = texts.flatMap((text) => Array.from(text.matchAll(/\*([A-Z][^*\n]+)\*/g), ([, title]) => title));
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((title) => !titles.has(title))).toEqual([]);
});
