/** Synthetic radiographs: what a case has can be seen where its box, mask and side say. */
import { expect, test } from 'vitest';
import { labelsOf, sampleCase, type Case } from '../../src/data/synth/case.js';
import { FINDING_KINDS, type FindingKind } from '../../src/data/synth/findings.js';
import { createRenderer, type Box, type Radiograph } from '../../src/data/synth/render.js';

const render = createRenderer(128);
const cases = Array.from({ length: 160 }, (_, row) => sampleCase(11, row));
const drawn = cases.map((subject) => ({ subject, film: render(subject) }));

const centreOf = ({ x, width }: Box): number => x + width / 2;

test('a picture is a function of the case, not of what was drawn before', () => {
  const again = createRenderer(128)(cases[40]);
  expect(again).toEqual(drawn[40].film);
});

test('cases have none to three findings, and each kind is common', () => {
  const counts = new Set(cases.map(({ findings }) => findings.length));
  expect(counts).toEqual(new Set([0, 1, 2, 3]));
  for (const kind of FINDING_KINDS) {
    const share = cases.filter((subject) => labelsOf(subject).includes(kind)).length / cases.length;
    expect(share, kind).toBeGreaterThan(0.1);
  }
});

test('each finding has a box for each of its sides, within the film', () => {
  for (const { subject, film } of drawn) {
    const expected = subject.findings.flatMap(({ kind, sides }) => (sides.length > 1 ? [kind, kind] : [kind]));
    expect(film.boxes.map(({ label }) => label).sort()).toEqual(expected.sort());
    for (const { x, y, width, height } of film.boxes) {
      expect(Math.min(x, y, width - 1, height - 1)).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(film.width);
      expect(y + height).toBeLessThanOrEqual(film.height);
    }
  }
});

test('a side of a finding of which nothing is on the film has no box', () => {
  // Edema on both sides, one of them all behind an effusion.
  const { boxes } = createRenderer(256)(sampleCase(1, 241));
  expect(boxes.filter(({ label }) => label === 'edema')).toHaveLength(1);
  expect(boxes.every(({ width, height }) => width > 0 && height > 0)).toBe(true);
});

test('the mask covers what the boxes enclose, and is missing where there is no finding', () => {
  for (const { subject, film } of drawn) {
    expect(film.mask === undefined).toBe(subject.findings.length === 0);
    if (!film.mask) continue;
    const first = film.mask.findIndex((value) => value > 0);
    expect(Math.floor(first / film.width)).toBe(Math.min(...film.boxes.map(({ y }) => y)));
    const enclosed = (i: number): boolean =>
      film.boxes.some((box) => inBox(box, i % film.width, Math.floor(i / film.width)));
    expect(film.mask.every((value, i) => value === 0 || (value === 255 && enclosed(i)))).toBe(true);
  }
});

const inBox = ({ x, y, width, height }: Box, column: number, row: number): boolean =>
  column >= x && column < x + width && row >= y && row < y + height;

test('a finding on the right of the patient is on the left of the picture', () => {
  let checked = 0;
  for (const { subject, film } of drawn) {
    for (const { kind, sides } of subject.findings) {
      if (sides.length !== 1) continue;
      const box = film.boxes.find(({ label }) => label === kind)!;
      expect(centreOf(box) < film.width / 2, `row ${subject.row}, ${kind}`).toBe(sides[0] === 'right');
      checked += 1;
    }
  }
  expect(checked).toBeGreaterThan(80);
});

/** Cases whose only finding is of a kind and on one side. */
const alone = (kind: FindingKind): Case[] =>
  Array.from({ length: 700 }, (_, row) => sampleCase(12, row))
    .filter(({ findings }) => findings.length === 1 && findings[0].kind === kind && findings[0].sides.length === 1)
    .slice(0, 14);

/** Mean difference in grey that the finding makes within its mask, against the same body without it. */
function contrastOf(subject: Case): number {
  const film = render(subject);
  const plain = render({ ...subject, findings: [] });
  const differences = [...film.pixels].map((value, i) => value - plain.pixels[i]).filter((_, i) => film.mask![i] > 0);
  return differences.reduce((sum, value) => sum + value, 0) / differences.length;
}

test.each(['effusion', 'consolidation', 'nodule', 'atelectasis'] as const)('%s whitens the lung', (kind) => {
  const subjects = alone(kind);
  expect(subjects.length).toBeGreaterThan(5);
  for (const subject of subjects) expect(contrastOf(subject), `row ${subject.row}`).toBeGreaterThan(12);
});

test('a pneumothorax darkens the lung', () => {
  const subjects = alone('pneumothorax');
  expect(subjects.length).toBeGreaterThan(5);
  for (const subject of subjects) expect(contrastOf(subject), `row ${subject.row}`).toBeLessThan(-4);
});

test('an enlarged heart takes more of the width than a normal one', () => {
  const ratioOf = ({ findings, anatomy }: Case): [boolean, number] => [
    findings.some(({ kind }) => kind === 'cardiomegaly'),
    anatomy.cardiothoracicRatio,
  ];
  for (const [enlarged, ratio] of cases.map(ratioOf)) expect(ratio > 0.5).toBe(enlarged);
  const widthOf = ({ film }: { film: Radiograph }): number =>
    Math.max(...film.boxes.filter(({ label }) => label === 'cardiomegaly').map(({ width }) => width / film.width));
  const enlarged = drawn.filter(({ subject }) => ratioOf(subject)[0]);
  expect(Math.min(...enlarged.map(widthOf))).toBeGreaterThan(0.3);
});

test('a radiograph uses the range from black to white', () => {
  for (const { subject, film } of drawn) {
    const sorted = film.pixels.slice().sort();
    const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))];
    expect(at(0.95) - at(0.05), `row ${subject.row}`).toBeGreaterThan(80);
  }
});
