/**
 * Finds the sections of a radiology report by their headers: a table of names, matched in any case at the start of a
 * line and in capitals anywhere; a line that starts with other words in capitals and a colon is a section too.
 */

export type SectionKind = 'impression' | 'findings' | 'other';

export interface Section {
  kind: SectionKind;
  /** Where its text begins, after the header, and where the next header begins. */
  start: number;
  end: number;
}

/** Headers by kind, lower-case, as hospitals write them. */
const HEADERS: Record<SectionKind, readonly string[]> = {
  impression: ['impression', 'impressions', 'conclusion', 'conclusions', 'opinion', 'summary', 'interpretation'],
  findings: ['findings', 'finding', 'findings and impression', 'findings/impression', 'observations', 'report'],
  other: [
    ...['indication', 'indications', 'clinical indication', 'reason for exam', 'reason for examination'],
    ...['history', 'clinical history', 'clinical information', 'clinical data', 'comparison', 'comparisons'],
    ...['technique', 'procedure', 'exam', 'examination', 'study', 'type of examination', 'view', 'views', 'projection'],
    ...['notification', 'recommendation', 'recommendations', 'addendum', 'wet read', 'final report', 'signed'],
    ...['dictated by', 'attending', 'radiologist', 'date', 'time', 'patient', 'name', 'age', 'sex', 'accession number'],
  ],
};

const KIND_OF = new Map<string, SectionKind>(
  (Object.keys(HEADERS) as SectionKind[]).flatMap((kind) => HEADERS[kind].map((name) => [name, kind] as const)),
);

const names = [...KIND_OF.keys()].sort((a, b) => b.length - a.length).join('|');

const PATTERNS = [
  // A known header at the start of a line, with a colon or alone on its line.
  new RegExp(`^[ \\t]*(${names})[ \\t]*(?::|$)`, 'gim'),
  // A known header in capitals within a line: reports are often exported without their line ends.
  new RegExp(`(?<![A-Za-z/])(${names.toUpperCase()})[ \\t]*:`, 'g'),
  // Any other words in capitals that open a line and end in a colon.
  /^[ \t]*([A-Z][A-Z ()/,&-]{2,60}):/gm,
];

interface Mark {
  kind: SectionKind;
  start: number;
  end: number;
}

/** Sections in order of appearance; text before the first header belongs to none. Empty where there is no header. */
export function sectionsOf(report: string): Section[] {
  const marks = marksOf(report);
  return marks.map(({ kind, end }, i) => ({ kind, start: end, end: marks[i + 1]?.start ?? report.length }));
}

function marksOf(report: string): Mark[] {
  const marks = PATTERNS.flatMap((pattern) => [...report.matchAll(pattern)].map(markOf));
  marks.sort((a, b) => a.start - b.start || b.end - a.end);
  return marks.filter((mark, i) => i === 0 || mark.start >= marks[i - 1].end);
}

function markOf(match: RegExpExecArray): Mark {
  return {
    kind: KIND_OF.get(match[1].trim().toLowerCase()) ?? 'other',
    start: match.index,
    end: match.index + match[0].length,
  };
}
