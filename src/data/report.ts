/**
 * Cleans radiology reports (method.md, "Reports"): impression and findings, lower-cased, as sentences of plain words.
 *
 * Follows MGCA's preparation of MIMIC-CXR, with what it loses repaired: decimals are not torn apart, only numbers that
 * open a list item count as numbering, accented letters lose their accent and not themselves, and a report without the
 * two sections is not lost.
 */
import { hasWords, plainWords, type Word } from './plain-words.js';
import { sectionsOf, type SectionKind } from './report-sections.js';
import { joinTraced, replaceTraced, sliceTraced, splitTraced, traced, type TracedText } from './traced-text.js';

/** A report of fewer tokens says nothing worth learning from. */
export const MIN_REPORT_TOKENS = 3;
const MIN_SENTENCE_TOKENS = 2;

export interface CleanedReport {
  /** What `cleanReport` gives: the words, separated by single spaces. */
  text: string;
  /** With their places in the report as it was given. */
  words: Word[];
}

/** The text that the encoder reads, with the origin of each word. Empty where the report is not used. */
export function cleanWords(report: string): CleanedReport {
  const words = wordsBySentence(report).flat();
  return { text: words.map(({ text }) => text).join(' '), words };
}

/**
 * Sentences of the report in words of a-z and 0-9 (a decimal is one word), separated by single spaces.
 *
 * @returns an empty list where fewer than three tokens are left: such a report is not used
 */
export function cleanSentences(report: string): string[] {
  return wordsBySentence(report).map((words) => words.map(({ text }) => text).join(' '));
}

/** The sentences as one text, which is what the text encoder reads. Empty where the report is not used. */
export function cleanReport(report: string): string {
  return cleanWords(report).text;
}

/** Where the text that is kept stands in the report, in order: the other parts are no findings. */
export function relevantRanges(report: string): { start: number; end: number }[] {
  const parts = relevantParts(report).filter(({ text }) => text !== '');
  const ranges = parts.map(({ origins }) => ({ start: origins[0], end: origins[origins.length - 1] + 1 }));
  return ranges.sort((a, b) => a.start - b.start);
}

function wordsBySentence(report: string): Word[][] {
  const sentences = splitSentences(joinTraced(relevantParts(report), '\n\n'))
    .map(plainWords)
    .filter((words) => words.length >= MIN_SENTENCE_TOKENS);
  const count = sentences.reduce((sum, words) => sum + words.length, 0);
  return count < MIN_REPORT_TOKENS ? [] : sentences;
}

/** A sentence that was written for the report encoder, in the words that it knows; no sections are looked for. */
export function cleanPrompt(text: string): string {
  return plainWords(traced(text))
    .map((word) => word.text)
    .join(' ');
}

/** Impression and findings; else the last paragraph; else, as in a note without any headers, everything. */
function relevantParts(report: string): TracedText[] {
  const text = withPlainSpaces(report);
  const sections = sectionsOf(text.text);
  if (sections.length === 0) return [text];
  const ofKind = (wanted: SectionKind): TracedText[] =>
    sections.filter(({ kind }) => kind === wanted).map(({ start, end }) => sliceTraced(text, start, end));
  const wanted = [...ofKind('impression'), ...ofKind('findings')];
  return wanted.some(hasWords) ? wanted : [lastParagraph(text) ?? text];
}

/** Line ends as `\n`, runs of spaces as one space and of blank lines as one blank line. */
function withPlainSpaces(report: string): TracedText {
  const lines = replaceTraced(traced(report), /\r\n?/g, '\n');
  const spaced = replaceTraced(lines, /[^\S\n]{2,}|[^\S\n ]/g, ' ');
  return replaceTraced(spaced, /\n[ \n]*\n/g, '\n\n');
}

function lastParagraph(text: TracedText): TracedText | undefined {
  const paragraphs = splitTraced(text, /\n\n/g).filter((part) => sectionsOf(part.text).length === 0);
  return paragraphs.filter((part) => plainWords(part).length >= MIN_REPORT_TOKENS).at(-1);
}

/** Splits at full stops (but not inside a decimal), at `?` and `!` before a space, at blank lines and list numbers. */
function splitSentences(text: TracedText): TracedText[] {
  const unnumbered = replaceTraced(text, /(?<=^|[\n.;:!?])\s*[#(]?\d{1,2}[.):]\s*(?=[A-Za-z])/g, '\n\n');
  return splitTraced(unnumbered, /(?<!\d)\.|\.(?!\d)|[!?](?=\s|$)|\n\n/g);
}
