/** MRSTY.RRF: which concepts are of the kinds that are wanted. */
import { columnsOf, CUI_LIMIT } from './rrf-format.js';
import { requireCui, type RowPlace } from './read-rrf.js';

/**
 * Taken unless others are named: disorders, findings and injuries, anatomy, devices, and what is done to find or treat
 * them, which is what radiology reports speak of.
 */
export const DEFAULT_TYPES = 'T019 T020 T023 T029 T030 T033 T037 T046 T047 T049 T060 T061 T074 T184 T190 T191'.split(
  ' ',
);

export interface SemanticTypes {
  /** Takes in a row of MRSTY. */
  onRow: (cells: string[], where: RowPlace) => void;
  /** Name of the first wanted type of a concept; undefined where it has none. */
  typeOf: (cui: number) => string | undefined;
}

const COLUMN = columnsOf('MRSTY.RRF', 'CUI', 'TUI', 'STY');

/** @param wanted identifiers such as T047; undefined takes all */
export function createSemanticTypes(wanted: readonly string[] | undefined): SemanticTypes {
  const names: string[] = [];
  const isWanted = wanted === undefined ? () => true : (tui: string) => wanted.includes(tui);
  // A byte a concept: a map of millions of identifiers would take a hundred times as much.
  const typeNumbers = new Uint8Array(CUI_LIMIT);
  return {
    onRow(cells, where) {
      const cui = requireCui(cells[COLUMN.CUI], 'CUI', where);
      if (typeNumbers[cui] !== 0 || !isWanted(cells[COLUMN.TUI])) return;
      const name = cells[COLUMN.STY];
      if (!names.includes(name)) names.push(name);
      typeNumbers[cui] = names.indexOf(name) + 1;
    },
    typeOf: (cui) => (typeNumbers[cui] === 0 ? undefined : names[typeNumbers[cui] - 1]),
  };
}
