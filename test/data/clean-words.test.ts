/** Where the words of the cleaned text stand in the report, and what that gives for links. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bertWordStarts, linkedWords } from '../../src/data/linked-words.js';
import { cleanReport, cleanSentences, cleanWords, relevantRanges } from '../../src/data/report.js';

const PIECES = [
  ...[
    'FINDINGS: ',
    'IMPRESSION: ',
    '\nTECHNIQUE: ',
    'impression:\n',
    '\r\n',
    '\n\n',
    ' \t ',
    '\u00a0',
    '1. ',
    '2) ',
    '. ',
  ],
  ...[
    'No effusion',
    'œdème',
    'e\u0301panchement',
    '1.5 cm',
    '.',
    '?',
    'ﬁbrosis',
    '½',
    'İ',
    '肺',
    '😀',
    'Å',
    'K',
    ':',
    '\r',
  ],
];
const reports = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 40 })
  .map((pieces) => pieces.join(''));

const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

describe('cleanWords', () => {
  it('gives the words of the cleaned text with their places in any report', () => {
    fc.assert(
      fc.property(reports, (report) => {
        const { text, words } = cleanWords(report);
        expect(text).toBe(cleanReport(report));
        expect(words.map((word) => word.text).join(' ')).toBe(text);
        for (const word of words) expect(plain(report.slice(word.start, word.end))).toContain(word.text);
      }),
      { numRuns: 2000 },
    );
  });

  it('is exact where letters are not taken apart', () => {
    const simple = fc
      .array(
        fc.constantFrom(
          'FINDINGS: ',
          'IMPRESSION: ',
          '\r\n',
          '\n\n',
          '   ',
          '1. ',
          'Clear lungs',
          'É',
          'e\u0301',
          '2.5',
          ', ',
        ),
      )
      .map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(simple, (report) => {
        for (const { text, start, end } of cleanWords(report).words) expect(plain(report.slice(start, end))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('tells places of the original, whatever came before', () => {
    const report = 'FINDINGS:\r\n 1.  Small\t\teffusion.\r\nIMPRESSION: Mode\u0301re\u0301 \u00a0œdème.';
    const { text, words } = cleanWords(report);
    expect(text).toBe('modere deme small effusion');
    expect(words.map(({ start, end }) => report.slice(start, end))).toEqual([
      ...['Mode\u0301re\u0301', 'dème', 'Small', 'effusion'],
    ]);
  });
});

describe('relevantRanges', () => {
  it('are the sections that are kept, in order of the report', () => {
    const report = 'INDICATION: Mass.\nFINDINGS: Small  effusion.\nIMPRESSION: Effusion.';
    expect(relevantRanges(report).map(({ start, end }) => report.slice(start, end))).toEqual([
      ' Small  effusion.\n',
      ' Effusion.',
    ]);
  });

  it('hold every word of the cleaned text, and lie apart', () => {
    fc.assert(
      fc.property(reports, (report) => {
        const ranges = relevantRanges(report);
        for (const { start, end } of cleanWords(report).words) {
          expect(ranges.some((range) => range.start <= start && end <= range.end)).toBe(true);
        }
        ranges.slice(1).forEach(({ start }, i) => expect(start).toBeGreaterThanOrEqual(ranges[i].end));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('linkedWords', () => {
  const report =
    'INDICATION: Effusion.\nFINDINGS: Nodule of 1.5 cm in the left lung. Cardiomegaly.\nIMPRESSION: Left nodule.';
  const { words } = cleanWords(report);
  const linkTo = (text: string, from = 0) => {
    const start = report.indexOf(text, from);
    return { start, end: start + text.length };
  };

  it('are those that a link touches, wherever the section was moved to', () => {
    const links = [linkTo('left lung'), linkTo('Left nodule'), linkTo('ung')];
    const touched = linkedWords(words, links).map(({ word, link }) => `${link} ${words[word].text}`);
    expect(touched).toEqual(['0 left', '0 lung', '1 left', '1 nodule', '2 lung']);
  });

  it('are none for links in text that is dropped', () => {
    // The indication is no section that is kept, and a sentence of one word is left out.
    expect(linkedWords(words, [linkTo('Effusion'), linkTo('Cardiomegaly')])).toEqual([]);
  });

  it('are counted as BERT counts them, for which a decimal is three', () => {
    expect(cleanSentences(report)[1]).toBe('nodule of 1.5 cm in the left lung');
    const starts = bertWordStarts(words);
    expect(words.map(({ text }) => text)).toEqual([
      ...['left', 'nodule', 'nodule', 'of', '1.5', 'cm', 'in', 'the', 'left', 'lung'],
    ]);
    expect(starts).toEqual([0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 12]);
  });
});
