/**
 * The three files of UMLS that a graph is made of, in Rich Release Format: columns as the UMLS Reference Manual (National
 * Library of Medicine, chapter 3) names and orders them. Each column ends with a pipe, the last one too.
 */

export const RRF_COLUMNS = {
  /** Names of concepts. */
  'MRCONSO.RRF': 'CUI LAT TS LUI STT SUI ISPREF AUI SAUI SCUI SDUI SAB TTY CODE STR SRL SUPPRESS CVF'.split(' '),
  /** Semantic types of concepts. */
  'MRSTY.RRF': 'CUI TUI STN STY ATUI CVF'.split(' '),
  /** Relations between concepts: the second is REL (more precisely RELA) of the first. */
  'MRREL.RRF': 'CUI1 AUI1 STYPE1 REL CUI2 AUI2 STYPE2 RELA RUI SRUI SAB SL RG DIR SUPPRESS CVF'.split(' '),
} as const;

export type RrfFile = keyof typeof RRF_COLUMNS;
export const RRF_FILES = Object.keys(RRF_COLUMNS) as RrfFile[];

/** Where the columns stand that a reader wants, e.g. `{ CUI: 0, STR: 14 }`. */
export function columnsOf<Name extends string>(file: RrfFile, ...names: Name[]): Record<Name, number> {
  const entries = names.map((name) => [name, RRF_COLUMNS[file].indexOf(name)] as const);
  return Object.fromEntries(entries) as Record<Name, number>;
}

/** Numbers of concepts are below it: C0000001 to C9999999. */
export const CUI_LIMIT = 10_000_000;
const CUI = /^C\d{7}$/;

/** The number of a concept's identifier; undefined where it is none. */
export function cuiNumber(text: string): number | undefined {
  return CUI.test(text) ? Number(text.slice(1)) : undefined;
}

export function cuiText(number: number): string {
  return `C${String(number).padStart(7, '0')}`;
}
