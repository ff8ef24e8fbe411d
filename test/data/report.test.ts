/** Cleaning of reports: sections, sentences, words. */
import { describe, expect, it } from 'vitest';
import { cleanReport, cleanSentences } from '../../src/data/report.js';

describe('cleanReport', () => {
  it('takes impression and findings, in this order, and nothing else', () => {
    const report =
      'EXAMINATION: CHEST (PA AND LAT)\n\nINDICATION: Cough and fever.\n\nTECHNIQUE: Two views of the chest.\n\n' +
      'FINDINGS: The lungs are clear. Heart size is normal.\n\nIMPRESSION: No acute process.\n\nNOTIFICATION: Called at once.';
    expect(cleanReport(report)).toBe('no acute process the lungs are clear heart size is normal');
  });

  it('finds headers in one line, in lower case, on a line of their own, and those it does not know', () => {
    expect(cleanReport('COMPARISON: None. FINDINGS: Small left effusion. IMPRESSION: Left effusion, small.')).toBe(
      'left effusion small small left effusion',
    );
    expect(cleanReport('history: chest pain\nfindings: Lungs are clear.\nConclusion: normal chest.')).toBe(
      'normal chest lungs are clear',
    );
    expect(cleanReport('IMPRESSION\nThe lungs are clear\n\nRECOMMENDATION\nNone at all needed')).toBe(
      'the lungs are clear',
    );
    expect(cleanReport('FINDINGS: Lungs are clear.\nCRITICAL RESULTS: Doctor was called.')).toBe('lungs are clear');
  });

  it('does not take words of a sentence for a header', () => {
    expect(cleanReport('The main finding: a nodule in the left lobe. The report is final.')).toBe(
      'the main finding a nodule in the left lobe the report is final',
    );
  });

  it('falls back to the last paragraph where neither section has words', () => {
    const report = 'INDICATION: Cough.\n\nPortable film of the chest.\n\nThe lungs are clear, no effusion.\n\nSigned.';
    expect(cleanReport(report)).toBe('the lungs are clear no effusion');
    expect(cleanReport('INDICATION: Fever and cough for a week')).toBe('indication fever and cough for a week');
  });

  it('reads a note without headers whole', () => {
    const note = '28M previously fit and well.\n\nO/E T39.1 HR87 SpO2 90% on RA.';
    expect(cleanSentences(note)).toEqual(['28m previously fit and well', 'o e t39 1 hr87 spo2 90 on ra']);
  });

  it('removes the numbers of lists and keeps those of measurements', () => {
    expect(
      cleanSentences('IMPRESSION: 1. Nodule of 2.5 cm. 2. T12 fracture, grade 2. 3) Small effusion\n4.Clear apex'),
    ).toEqual(['nodule of 2.5 cm', 't12 fracture grade 2', 'small effusion', 'clear apex']);
  });

  it('keeps plain words only: no accents, no other scripts, no marks of removed names', () => {
    expect(cleanReport('Œdème modéré, cœur “normal” – ___ 37 °C 肺 ﬁbrosis')).toBe(
      'deme modere c ur normal 37 c fibrosis',
    );
  });

  it('drops sentences of one word and reports of under three words', () => {
    expect(cleanSentences('Normal. Lungs are clear. Stable.')).toEqual(['lungs are clear']);
    expect(cleanReport('Labeled covid19')).toBe('');
    expect(cleanReport('Normal. Unchanged. Stable. Clear.')).toBe('');
    expect(cleanReport('labeled as covid19')).toBe('labeled as covid19');
    expect(cleanReport('')).toBe('');
  });

  it('splits sentences whose space is missing', () => {
    expect(cleanSentences('No effusion.No pneumothorax? Heart is large! Lungs are clear')).toEqual([
      'no effusion',
      'no pneumothorax',
      'heart is large',
      'lungs are clear',
    ]);
  });

  it('needs time in proportion to the length of a hostile report', () => {
    const started = performance.now();
    cleanReport('A '.repeat(50_000) + ':' + ' \t'.repeat(50_000) + '1. '.repeat(30_000) + '\n \n'.repeat(30_000));
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
