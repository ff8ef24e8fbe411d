/** Manifests: what is read, and what each kind of bad input is called. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readManifest, type RowFault } from '../../src/data/manifest.js';
import { requireBatch, requireUsable } from '../../src/data/usable.js';
import { temporaryDirectory, writeManifest } from './corpus.js';

const GOOD = { image: 'a.png', report: 'No effusion.' };

async function faultsOf(...rows: unknown[]): Promise<RowFault[]> {
  return (await readManifest(writeManifest(temporaryDirectory(), rows))).faults;
}

function csv(text: string): string {
  const path = join(temporaryDirectory(), 'pairs.csv');
  writeFileSync(path, text);
  return path;
}

describe('readManifest of JSON lines', () => {
  it('reads every field and resolves paths against the manifest', async () => {
    const directory = temporaryDirectory();
    const box = { label: 'nodule', x: 1, y: 2, width: 3, height: 4 };
    const link = { start: 3, end: 11, concept: 'C0013687', negated: true, uncertain: false };
    const row = { ...GOOD, study: 7, view: 'PA', split: 'validate', labels: ['normal'], links: [link], boxes: [box] };
    const path = writeManifest(directory, [{ ...row, mask: 'masks/a.png', finding: 'unknown to mlip' }]);

    const manifest = await readManifest(path);

    expect(manifest.faults).toEqual([]);
    expect(manifest.rows).toEqual([
      {
        line: 1,
        image: join(directory, 'a.png'),
        imageName: 'a.png',
        report: 'No effusion.',
        study: '7',
        view: 'PA',
        split: 'valid',
        labels: ['normal'],
        links: [link],
        boxes: [box],
        mask: join(directory, 'masks', 'a.png'),
      },
    ]);
  });

  it('hashes the content', async () => {
    const path = writeManifest(temporaryDirectory(), [GOOD]);
    const expected = createHash('sha256').update(readFileSync(path)).digest('hex');
    expect((await readManifest(path)).hash).toBe(expected);
  });

  it('skips blank lines, a byte order mark and carriage returns, and counts lines as an editor does', async () => {
    const path = join(temporaryDirectory(), 'pairs.jsonl');
    writeFileSync(path, `\ufeff${JSON.stringify(GOOD)}\r\n\r\n${JSON.stringify({ ...GOOD, image: 'ü.png' })}`);
    const { rows, faults } = await readManifest(path);
    expect(faults).toEqual([]);
    expect(rows.map(({ line, imageName }) => [line, imageName])).toEqual([
      [1, 'a.png'],
      [3, 'ü.png'],
    ]);
  });

  it('keeps characters whole that are cut by the chunks of a file', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => ({
      image: `${i}.png`,
      report: 'Ödem, kein Erguß über der Lunge',
    }));
    const manifest = await readManifest(writeManifest(temporaryDirectory(), rows));
    expect(manifest.rows.map(({ report }) => report)).toEqual(rows.map(({ report }) => report));
  });

  it('takes empty and null optional fields for absent ones', async () => {
    const path = writeManifest(temporaryDirectory(), [{ ...GOOD, study: '', view: null, split: ' ' }]);
    const { rows, faults } = await readManifest(path);
    expect(faults).toEqual([]);
    expect([rows[0].study, rows[0].view, rows[0].split]).toEqual([undefined, undefined, undefined]);
  });

  it('names line and field of every faulty row and keeps the good ones', async () => {
    const path = writeManifest(temporaryDirectory(), [
      { report: 'No effusion.' },
      { image: 'b.png', report: '  ' },
      { image: 3, report: ['x'] },
      '{"image": "c.png", ',
      '[1, 2]',
      { ...GOOD, image: 'd.png', labels: 'normal' },
      GOOD,
    ]);
    const { rows, faults } = await readManifest(path);
    expect(rows.map(({ line }) => line)).toEqual([7]);
    expect(faults.map(({ line, field }) => [line, field])).toEqual([
      [1, 'image'],
      [2, 'report'],
      [3, 'image'],
      [3, 'report'],
      [4, undefined],
      [5, undefined],
      [6, 'labels'],
    ]);
    expect(faults[0].problem).toBe('is missing');
    expect(faults[4].problem).toContain('JSON');
  });

  it('calls an image that is named twice a fault of the second row', async () => {
    const faults = await faultsOf(GOOD, { ...GOOD, image: './a.png' });
    expect(faults).toEqual([{ line: 2, field: 'image', problem: 'is the image of line 1 again' }]);
  });

  it('names the place inside boxes and links', async () => {
    const boxes = [
      { x: 0, y: 0, width: 5, height: 5 },
      { x: 0, y: 0, width: 0, height: '5' },
    ];
    const links = [{ start: 5, end: 5, concept: 'C1' }];
    const faults = await faultsOf({ ...GOOD, boxes, links });
    expect(faults.map(({ field }) => field)).toEqual(['links.0', 'boxes.1.width', 'boxes.1.height']);
  });

  it('refuses links that end outside the report, counted in UTF-16 units', async () => {
    const links = [
      { start: 0, end: 6, concept: 'C1' },
      { start: 3, end: 7, concept: 'C1' },
    ];
    const faults = await faultsOf({ ...GOOD, report: 'a \u{1f600} b', links });
    expect(faults).toEqual([{ line: 1, field: 'links.1.end', problem: 'is 7, the report has 6 characters' }]);
  });

  it.each([
    ['a split that it does not know', { split: 'fold3' }, '"fold3"'],
    ['a URL', { image: 'https://host.example/a.png' }, 'download'],
    ['a member of a shard', { image: 'shard-0.tar#a.png' }, 'unpack'],
    ['a NUL character', { image: 'a\0.png' }, 'NUL'],
  ])('refuses %s', async (_, fields, hint) => {
    const [fault] = await faultsOf({ ...GOOD, ...fields });
    expect(fault.problem).toContain(hint);
  });
});

describe('readManifest of CSV', () => {
  it('reads quoted cells, lists of labels and JSON cells, and ignores other columns', async () => {
    const path = csv(
      'image,report,split,labels,boxes,finding\n' +
        'a.png,"No effusion,\nno ""opacity"".",test,edema|nodule,"[{""x"":1,""y"":2,""width"":3,""height"":4}]",x\n' +
        'b.png,Clear lungs.,,"[""a|b""]",,\n',
    );
    const { rows, faults } = await readManifest(path);
    expect(faults).toEqual([]);
    expect(rows.map(({ line, report, split, labels, boxes }) => ({ line, report, split, labels, boxes }))).toEqual([
      {
        line: 2,
        report: 'No effusion,\nno "opacity".',
        split: 'test',
        labels: ['edema', 'nodule'],
        boxes: [{ x: 1, y: 2, width: 3, height: 4 }],
      },
      { line: 4, report: 'Clear lungs.', split: undefined, labels: ['a|b'], boxes: [] },
    ]);
  });

  it('lists rows with too many or too few cells, absent values and broken JSON', async () => {
    const path = csv('image,report,boxes\na.png\nb.png,x y z,,,\nc.png,,\nd.png,x y z,[{\ne.png,x y z,\n');
    const { rows, faults } = await readManifest(path);
    expect(rows.map(({ imageName }) => imageName)).toEqual(['e.png']);
    expect(faults.map(({ line, field }) => [line, field])).toEqual([
      [2, undefined],
      [3, undefined],
      [4, 'report'],
      [5, 'boxes'],
    ]);
  });

  it('refuses a header without the two columns and says which there are', async () => {
    await expect(readManifest(csv('path;report\na.png;x\n'))).rejects.toMatchObject({
      code: 'MLIP_E_DATA_MANIFEST_FORMAT',
      message: 'the manifest has no column image and no column report',
      where: expect.stringContaining('path;report') as string,
    });
  });
});

describe('a manifest that cannot be used', () => {
  it.each([
    ['that is missing', 'nowhere.jsonl', 'MLIP_E_DATA_MANIFEST_MISSING'],
    ['without a name', '', 'MLIP_E_DATA_MANIFEST_MISSING'],
    ['that is a directory', 'folder.jsonl', 'MLIP_E_DATA_MANIFEST_FORMAT'],
    ['in Parquet', 'pairs.parquet', 'MLIP_E_DATA_MANIFEST_FORMAT'],
    ['of an unknown kind', 'pairs', 'MLIP_E_DATA_MANIFEST_FORMAT'],
  ])('is refused where it is one %s', async (_, name, code) => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'folder.jsonl'));
    writeFileSync(join(directory, 'pairs.parquet'), 'PAR1');
    writeFileSync(join(directory, 'pairs'), '');
    const refused = readManifest(name === '' ? '' : join(directory, name));
    await expect(refused).rejects.toMatchObject({ code, remedy: expect.any(String) as string });
  });

  it('is refused when it is empty', async () => {
    const manifest = await readManifest(writeManifest(temporaryDirectory(), []));
    expect(() => requireUsable(manifest, 1)).toThrow(expect.objectContaining({ code: 'MLIP_E_DATA_MANIFEST_EMPTY' }));
  });

  it('is refused above maxBadShare and names the first faults by file, line and field', async () => {
    const path = writeManifest(temporaryDirectory(), [
      GOOD,
      { image: 'b.png' },
      { report: 'x' },
      { ...GOOD, image: 'c.png' },
    ]);
    const manifest = await readManifest(path);
    expect(() => requireUsable(manifest, 0.5)).not.toThrow();
    expect(() => requireUsable(manifest, 0.49)).toThrow(
      expect.objectContaining({
        code: 'MLIP_E_DATA_ROWS',
        message: '2 of 4 rows of the manifest are faulty',
        where: `${path}:2 report is missing; ${path}:3 image is missing`,
      }),
    );
  });

  it('is refused when no row is left, whatever share is put up with', async () => {
    const manifest = await readManifest(writeManifest(temporaryDirectory(), [{ image: 'b.png' }]));
    expect(() => requireUsable(manifest, 1)).toThrow(expect.objectContaining({ code: 'MLIP_E_DATA_ROWS' }));
  });

  it('is refused with fewer pairs than a batch', () => {
    expect(() => requireBatch(32, 32, 'pairs.jsonl')).not.toThrow();
    expect(() => requireBatch(31, 32, 'pairs.jsonl')).toThrow(
      expect.objectContaining({ code: 'MLIP_E_DATA_TOO_FEW_PAIRS', where: 'pairs.jsonl' }),
    );
  });
});
