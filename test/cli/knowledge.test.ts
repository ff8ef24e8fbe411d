// `mlip knowledge link` and `inspect`, as their users run them.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Inspection } from '../../src/cli/knowledge/inspect-row.js';
import type { LinkingReport } from '../../src/cli/knowledge/link-manifest.js';
import { legend, paintLinks } from '../../src/cli/knowledge/paint-links.js';
import { readManifest } from '../../src/data/manifest.js';
import { mlip } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'mlip-knowledge-'));
afterAll(() => rmSync(folder, { recursive: true }));
const manifest = join(folder, 'pairs.jsonl');
const json = <T>(text: string): T => JSON.parse(text) as T;

const REPORT =
  'INDICATION: Pneumonia.\nFINDINGS: No pleural effusion. Possible mass.\nIMPRESSION: Cardiomegaly is stable.';
const ROWS = [
  { image: 'a.png', report: REPORT, study: 's1', split: 'train' },
  { image: 'b.png', report: 'Nothing to say here.' },
  { image: 'c.png' },
];
beforeEach(() => writeFileSync(manifest, ROWS.map((row) => JSON.stringify(row)).join('\n')));

describe('knowledge link', () => {
  it('writes a manifest beside the old one and counts what it found', async () => {
    const { status, stdout, stderr } = await mlip(['knowledge', 'link', manifest, '--json']);
    expect(status).toBe(0);
    expect(stderr).toContain('pairs.jsonl:3 report is missing');
    const report = json<LinkingReport>(stdout);
    const out = join(folder, 'pairs.linked.jsonl');
    expect(report).toMatchObject({
      out,
      reports: 2,
      withoutMention: 1,
      leftOut: 1,
      mentions: 3,
      negated: 1,
      uncertain: 1,
    });
    const { rows, faults } = await readManifest(out);
    expect(faults).toEqual([]);
    expect(rows[0]).toMatchObject({ study: 's1', split: 'train' });
    expect(rows[0].links.map(({ start, end }) => REPORT.slice(start, end))).toEqual([
      ...['pleural effusion', 'mass', 'Cardiomegaly'],
    ]);
    expect(rows[1].links).toEqual([]);
    expect(readFileSync(manifest, 'utf8')).toContain('"c.png"');
  });

  it('writes over its input only where --out says so, and prints counts for people', async () => {
    const { stdout } = await mlip(['knowledge', 'link', manifest, '--out', manifest]);
    expect(stdout).toContain('2 reports, 1 of them without a mention');
    expect(stdout).toContain('3 mentions, 1 of them negated, 1 uncertain');
    expect(stdout).toMatch(/pleural effusion +1 \(1 negated, 0 uncertain\)/);
    expect((await readManifest(manifest)).rows[0].links).toHaveLength(3);
  });

  it('refuses another format, an unusable manifest and a directory that is no graph, and writes nothing', async () => {
    const before = readdirSync(folder);
    const csv = await mlip(['knowledge', 'link', manifest, '--out', join(folder, 'x.csv')]);
    expect([csv.status, csv.stderr]).toEqual([2, expect.stringContaining('.jsonl')]);
    const graph = await mlip(['knowledge', 'link', manifest, '--graph', folder, '--out', join(folder, 'x.jsonl')]);
    expect([graph.status, graph.stderr]).toEqual([3, expect.stringContaining('concepts.tsv')]);
    writeFileSync(manifest, JSON.stringify(ROWS[2]));
    const bad = await mlip(['knowledge', 'link', manifest, '--out', join(folder, 'x.jsonl')]);
    expect([bad.status, bad.stderr]).toEqual([3, expect.stringContaining('MLIP_E_DATA_ROWS')]);
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe('knowledge inspect', () => {
  it('shows a report with marks where there are no colours', async () => {
    const { status, stdout } = await mlip(['knowledge', 'inspect', manifest]);
    expect(status).toBe(0);
    expect(stdout).toContain('INDICATION: Pneumonia.');
    expect(stdout).toContain('No [pleural effusion|negated]. Possible [mass|uncertain].');
    expect(stdout).toContain('[Cardiomegaly|present] is stable.');
  });

  it('prefers the links of the manifest, of whatever graph they are', async () => {
    const links = [{ start: 0, end: 7, concept: 'C1', negated: true }];
    writeFileSync(manifest, JSON.stringify({ ...ROWS[1], links }));
    const inspect = async (...more: string[]): Promise<Inspection> =>
      json<Inspection>((await mlip(['knowledge', 'inspect', manifest, '--json', ...more])).stdout);
    expect(await inspect()).toMatchObject({ source: 'manifest', line: 1, image: 'b.png', links });
    const builtin = join(import.meta.dirname, '..', '..', 'knowledge', 'chest-radiography');
    expect(await inspect('--graph', builtin)).toMatchObject({ source: 'linker', links: [] });
  });

  it('says which rows there are', async () => {
    const { status, stderr } = await mlip(['knowledge', 'inspect', manifest, '--row', '3']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('from 1 to 2')]);
  });
});

describe('the painted report', () => {
  const links = [
    { start: 3, end: 7, concept: 'mass', negated: true },
    { start: 5, end: 9, concept: 'other' },
  ];

  it('is coloured on a terminal, with a legend, and shows the first of links that overlap', () => {
    const colours = createColors(true);
    expect(paintLinks('No mass.', links.slice(0, 1), colours)).toBe(`No ${colours.red('mass')}.`);
    expect(paintLinks('No mass here', links, createColors(false))).toBe('No [mass|negated] here');
    expect(legend(colours)).toContain(colours.yellow('uncertain'));
  });

  it('cannot steer the terminal', () => {
    expect(paintLinks('a\u001b[2Jb\r\nc\u009bd', [], createColors(false))).toBe('a [2Jb\nc d');
  });
});
