/** The Grafana dashboard as JSON, from what it shows. `npx vitest run test/monitoring/dashboard -u` writes it into the chart. */
import { type PanelSpec, ROWS, type Row } from './panels.js';

/** The version of the JSON model that Grafana 10 and later read. */
const SCHEMA_VERSION = 39;
const COLUMNS = 24;
const HEIGHTS = { timeseries: 8, stat: 4, 'state-timeline': 5 } as const;

const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' };

interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: Place;
  [more: string]: unknown;
}

export function dashboard() {
  return {
    ...{ uid: 'mlip', title: 'mlip', tags: ['mlip'], schemaVersion: SCHEMA_VERSION, version: 1, editable: true },
    description: 'Training runs of mlip: how far, how fast, on what, and what went wrong',
    ...{ timezone: 'browser', refresh: '30s', time: { from: 'now-6h', to: 'now' }, graphTooltip: 1 },
    templating: { list: [dataSourceVariable(), runVariable()] },
    annotations: { list: [generations()] },
    panels: panelsOf(ROWS),
  };
}

function dataSourceVariable() {
  return {
    ...{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
    hide: 0,
    current: { text: '', value: '' },
  };
}

/** The newest runs first: their names begin with the time. */
function runVariable() {
  const query = 'label_values(mlip_step{role="coordinator"}, run)';
  return {
    ...{ name: 'run', label: 'Run', type: 'query', datasource: DATA_SOURCE, query: { query, refId: 'runs' } },
    ...{
      definition: query,
      refresh: 2,
      sort: 2,
      multi: true,
      includeAll: true,
      allValue: '.+',
      current: { text: 'All', value: '$__all' },
      hide: 0,
    },
  };
}

function generations() {
  return {
    ...{ name: 'Generations', enable: true, hide: false, iconColor: 'orange', datasource: DATA_SOURCE },
    expr: 'changes(mlip_generation{role="coordinator",run=~"$run"}[$__interval]) > 0',
    titleFormat: 'Workers came or went',
  };
}

/** From the top, each row below the one before. */
function panelsOf(rows: readonly Row[]): Panel[] {
  const panels: Panel[] = [];
  let y = 0;
  for (const { title, panels: specs } of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: place(0, y++, COLUMNS, 1),
    });
    let [x, tallest] = [0, 0];
    for (const spec of specs) {
      const h = HEIGHTS[spec.kind];
      if (x + spec.width > COLUMNS) [x, y, tallest] = [0, y + tallest, 0];
      panels.push(panelOf(panels.length + 1, spec, place(x, y, spec.width, h)));
      [x, tallest] = [x + spec.width, Math.max(tallest, h)];
    }
    y += tallest;
  }
  return panels;
}

const place = (x: number, y: number, w: number, h: number): Place => ({ x, y, w, h });

function panelOf(id: number, { title, description, kind, unit, queries }: PanelSpec, gridPos: Place): Panel {
  return {
    ...{ id, type: kind, title, description, gridPos, datasource: DATA_SOURCE },
    fieldConfig: { defaults: { unit, custom: customOf(kind) }, overrides: [] },
    options: optionsOf(kind),
    targets: queries.map(({ expr, legend }, index) => ({
      ...{ refId: String.fromCharCode('A'.charCodeAt(0) + index), datasource: DATA_SOURCE },
      ...{ expr, legendFormat: legend, range: kind !== 'stat', instant: kind === 'stat' },
    })),
  };
}

function customOf(kind: PanelSpec['kind']): object {
  if (kind === 'timeseries') return { lineWidth: 1, fillOpacity: 0, showPoints: 'never', spanNulls: false };
  return {};
}

function optionsOf(kind: PanelSpec['kind']): object {
  const legend = { displayMode: 'list', placement: 'bottom', calcs: [] };
  const tooltip = { mode: 'multi', sort: 'desc' };
  switch (kind) {
    case 'stat':
      return {
        ...{
          reduceOptions: { calcs: ['lastNotNull'], values: false, fields: '' },
          textMode: 'auto',
          graphMode: 'none',
        },
        ...{ colorMode: 'value', justifyMode: 'auto', orientation: 'auto', wideLayout: true },
        ...{ showPercentChange: false, percentChangeColorMode: 'standard' },
      };
    case 'state-timeline':
      return {
        showValue: 'never',
        mergeValues: true,
        rowHeight: 0.9,
        legend: { ...legend, showLegend: false },
        tooltip,
      };
    case 'timeseries':
      return { legend: { ...legend, showLegend: true }, tooltip };
  }
}
