/** Synthetic reports: the wording varies, the statements are true. */
import { expect, test } from 'vitest';
import { random } from '../../src/core/random.js';
import { cleanReport, cleanSentences } from '../../src/data/report.js';
import { labelsOf, sampleCase, sampleHardCase, type Case } from '../../src/data/synth/case.js';
import { FINDING_KINDS, SEVERITIES, type Finding, type FindingKind } from '../../src/data/synth/findings.js';
import { enumerate, expand, say } from '../../src/data/synth/grammar.js';
import { writeReport } from '../../src/data/synth/report.js';

const cases = Array.from({ length: 1500 }, (_, row) => sampleCase(21, row));
const reports = cases.map((subject) => ({ subject, report: writeReport(subject) }));

/** Sentences of findings and impression as they stand, without numbers of list items. */
const sentencesOf = (report: string): string[] =>
  report
    .slice(report.search(/^(findings|impression|conclusion):/im))
    .replace(/^(findings|impression|conclusion):\s*/gim, '')
    .replace(/(^|\s)\d\. (?=\S)/g, '$1')
    .split(/(?<=\.)\s+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');

/** Words by which a finding is meant, in whatever way it is put. */
const TERMS: Record<FindingKind, RegExp> = {
  effusion: /effusion|pleural fluid|blunt|no fluid|costophrenic/i,
  cardiomegaly:
    /cardiomegaly|enlarged heart|enlargement of the (heart|cardiac)|(heart|silhouette).* enlarged|heart size/i,
  consolidation: /consolidation|pneumonia|infiltrate|focal airspace/i,
  pneumothorax: /pneumothorax/i,
  nodule: /nodul|\bmass(es)?\b/i,
  atelectasis: /atelecta|lobar collapse|^complete collapse/i,
  edema: /edema|vascular congestion|congested/i,
};
const NEGATION =
  /^(no|there is no|negative for|normal heart size|heart size is normal)\b|not enlarged|without infiltrate|heart size is within|contain no|angles are (sharp|clear)/i;

test('every report has an impression, and what it says survives cleaning', () => {
  for (const { report, subject } of reports) {
    expect(report, `row ${subject.row}`).toMatch(/^(impression|conclusion):/im);
    expect(cleanSentences(report).length).toBeGreaterThan(1);
  }
});

test('a report names each finding of its case', () => {
  for (const { subject, report } of reports) {
    const positive = sentencesOf(report).filter((sentence) => !NEGATION.test(sentence));
    for (const { kind } of subject.findings) {
      const named = positive.some((sentence) => TERMS[kind].test(sentence));
      const edemaByVessels = kind === 'edema' && /vascular engorgement|perihilar|vessels are engorged/i.test(report);
      const opacity = kind === 'consolidation' && /opacity|opacification|airspace disease/i.test(report);
      expect(named || edemaByVessels || opacity, `row ${subject.row}: ${kind}\n${report}`).toBe(true);
    }
  }
});

test('what is denied is not there, and what is affirmed is', () => {
  const denied = new Map<FindingKind, number>();
  for (const { subject, report } of reports) {
    const labels = new Set<string>(labelsOf(subject));
    for (const sentence of sentencesOf(report)) {
      for (const kind of FINDING_KINDS) {
        if (!TERMS[kind].test(sentence)) continue;
        const negated = NEGATION.test(sentence);
        expect(labels.has(kind), `row ${subject.row}: ${sentence}`).toBe(!negated);
        if (negated) denied.set(kind, (denied.get(kind) ?? 0) + 1);
      }
    }
  }
  for (const kind of FINDING_KINDS) expect(denied.get(kind), kind).toBeGreaterThan(50);
});

test('left and right in a sentence are the side of the finding', () => {
  let checked = 0;
  for (const { subject, report } of reports) {
    for (const { kind, sides } of subject.findings) {
      if (sides.length !== 1) continue;
      for (const sentence of sentencesOf(report)) {
        if (!TERMS[kind].test(sentence) || NEGATION.test(sentence)) continue;
        const named = sentence.replace(/with (mediastinal )?shift.*$/, '').match(/\b(left|right)\b/gi) ?? [];
        expect(new Set(named.map((side) => side.toLowerCase())).size, sentence).toBeLessThanOrEqual(1);
        expect(named[0]?.toLowerCase() ?? (/lingula/.test(sentence) ? 'left' : sides[0]), sentence).toBe(sides[0]);
        checked += named.length;
      }
    }
  }
  expect(checked).toBeGreaterThan(500);
});

test('the mediastinum shifts away from fluid and air and towards collapse', () => {
  const shifts = reports.flatMap(({ report }) => sentencesOf(report)).filter((sentence) => /shift/.test(sentence));
  expect(shifts.length).toBeGreaterThan(20);
  for (const sentence of shifts) {
    const to = /shift(?: of the mediastinum)? to the (left|right)/.exec(sentence)![1];
    const side = /\b(left|right|lingula)\b/i.exec(sentence)![1].toLowerCase().replace('lingula', 'left');
    expect(to === side, sentence).toBe(!/effusion|fluid|pneumothorax/.test(sentence));
  }
});

/** A case whose only finding is this one. */
const withOnly = (row: number, finding: Partial<Finding> & { kind: FindingKind }): Case => ({
  ...sampleCase(5, row),
  findings: [{ severity: 'moderate', sides: ['left'], zone: 'lower', sizeCm: 2.4, ...finding }],
});

test.each(FINDING_KINDS)('%s is put in many ways', (kind) => {
  for (const severity of SEVERITIES) {
    const wordings = new Set<string>();
    for (let row = 0; row < 200; row++) {
      const sentences = sentencesOf(writeReport(withOnly(row, { kind, severity })));
      sentences.filter((s) => TERMS[kind].test(s) && !NEGATION.test(s)).forEach((s) => wordings.add(s));
    }
    expect(wordings.size, severity).toBeGreaterThanOrEqual(8);
  }
});

test('sections, order and numbering vary', () => {
  const all = reports.map(({ report }) => report);
  const share = (pattern: RegExp): number => all.filter((report) => pattern.test(report)).length / all.length;
  expect(share(/^FINDINGS:/m)).toBeGreaterThan(0.3);
  expect(share(/^Findings:/m)).toBeGreaterThan(0.1);
  expect(share(/^comparison:/im)).toBeGreaterThan(0.3);
  expect(1 - share(/^findings:/im)).toBeGreaterThan(0.02);
  expect(share(/^conclusion:/im)).toBeGreaterThan(0.04);
  expect(share(/1\. .*\s2\. /s)).toBeGreaterThan(0.3);
  expect(new Set(all.map(cleanReport)).size).toBeGreaterThan(0.99 * all.length);
});

test('in the hard corpus findings are uneven, and films without any share reports word for word', () => {
  const hard = Array.from({ length: 1200 }, (_, row) => sampleHardCase(21, row));
  const shareOf = (kind: FindingKind): number =>
    hard.filter((subject) => labelsOf(subject).includes(kind)).length / 1200;
  expect(shareOf('pneumothorax')).toBeGreaterThan(0.03);
  expect(shareOf('pneumothorax')).toBeLessThan(shareOf('effusion') / 2);
  const normal = hard
    .filter(({ findings }) => findings.length === 0)
    .map((subject) => cleanReport(writeReport(subject)));
  expect(normal.length / 1200).toBeGreaterThan(0.3);
  const counts = new Map<string, number>();
  for (const text of normal) counts.set(text, (counts.get(text) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 20).reduce((sum, count) => sum + count, 0);
  expect(repeated / normal.length).toBeGreaterThan(0.5);
  expect(repeated / normal.length).toBeLessThan(0.75);
});

test('the size of a nodule is said as it is drawn', () => {
  for (const { subject, report } of reports) {
    const nodule = subject.findings.find(({ kind }) => kind === 'nodule');
    const sizes = [...report.matchAll(/(\d+\.\d) cm/g)].map(([, size]) => Number(size));
    for (const size of sizes) expect(size).toBe(nodule?.sizeCm);
  }
});

test('a phrase expands to one of its alternatives', () => {
  const draw = random(1, 'grammar');
  const said = new Set(Array.from({ length: 60 }, () => say(draw, ['[a [b|c]|] {side} d[ e|].'], { side: 'left' })));
  expect([...said].sort()).toEqual([
    'A b left d e.',
    'A b left d.',
    'A c left d e.',
    'A c left d.',
    'Left d e.',
    'Left d.',
  ]);
});

test('a phrase with an unknown slot is refused', () => {
  expect(() => expand(random(1), 'in the {place}', {})).toThrow('no slot place');
});

test('lists read as English', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((items) => enumerate(items, 'or'))).toEqual([
    '',
    'a',
    'a or b',
    'a, b or c',
  ]);
});
