/**
 * Cleans radiology reports (method.md, "Reports"): impression and findings, lower-cased, as sentences of plain words.
 *
 * Follows MGCA's preparation of MIMIC-CXR, with what it loses repaired: decimals are not torn apart, only numbers that
 * open a list item count as numbering, accented letters lose their accent and not themselves, and a report without the
 * two sections is not lost.
 */
import { sectionsOf, type Section, type SectionKind } from './report-sections.js';

/** A report of fewer tokens says nothing worth learning from. */
export const MIN_REPORT_TOKENS = 3;
const MIN_SENTENCE_TOKENS = 2;

/**
 * Sentences of the report in words of a-z and 0-9 (a decimal is one word), separated by single spaces.
 *
 * @returns an empty list where fewer than three tokens are left: such a report is not used
 */
export function cleanSentences(report: string): string[] {
  const sentences = splitSentences(relevantText(report))
    .map(tokensOf)
    .filter((tokens) => tokens.length >= MIN_SENTENCE_TOKENS);
  const count = sentences.reduce((sum, tokens) => sum + tokens.length, 0);
  return count < MIN_REPORT_TOKENS ? [] : sentences.map((tokens) => tokens.join(' '));
}

/** The sentences as one text, which is what the text encoder reads. Empty where the report is not used. */
export function cleanReport(report: string): string {
  return cleanSentences(report).join(' ');
}

/** A sentence that was written for the report encoder, in the words that it knows; no sections are looked for. */
export function cleanPrompt(text: string): string {
  return tokensOf(text).join(' ');
}

/** Impression and findings; else the last paragraph; else, as in a note without any headers, everything. */
function relevantText(report: string): string {
  const text = withPlainSpaces(report);
  const sections = sectionsOf(text);
  if (sections.length === 0) return text;
  const wanted = `${textOf(sections, 'impression')}\n\n${textOf(sections, 'findings')}`;
  return hasWords(wanted) ? wanted : (lastParagraph(text) ?? text);
}

/** Line ends as `\n`, runs of spaces as one space and of blank lines as one blank line. */
function withPlainSpaces(report: string): string {
  return report
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/\n[ \n]*\n/g, '\n\n');
}

function textOf(sections: readonly Section[], kind: SectionKind): string {
  return sections
    .filter((section) => section.kind === kind)
    .map((section) => section.text)
    .join('\n\n');
}

function lastParagraph(text: string): string | undefined {
  const paragraphs = text.split('\n\n').filter((part) => sectionsOf(part).length === 0);
  return paragraphs.filter((part) => tokensOf(part).length >= MIN_REPORT_TOKENS).at(-1);
}

/** Splits at full stops (but not inside a decimal), at `?` and `!` before a space, at blank lines and list numbers. */
function splitSentences(text: string): string[] {
  return text
    .replace(/(^|[\n.;:!?])\s*[#(]?\d{1,2}[.):]\s*(?=[A-Za-z])/g, '$1\n\n')
    .split(/(?<!\d)\.|\.(?!\d)|[!?](?=\s|$)|\n\n/);
}

function tokensOf(sentence: string): string[] {
  const plain = sentence.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.match(/\d+\.\d+|[a-z0-9]+/g) ?? [];
}

function hasWords(text: string): boolean {
  return tokensOf(text).length > 0;
}
