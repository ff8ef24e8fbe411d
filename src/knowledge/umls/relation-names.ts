/**
 * What a row of MRREL says as a triple. UMLS lists each relation in both directions; one of them is kept, so that
 * `inverse_isa` and `isa`, `finding_site_of` and `has_finding_site` come to the same triple.
 */

export interface Relation {
  name: string;
  /** From the second concept of the row to the first, as UMLS reads a row; reversed, from the first to the second. */
  reversed: boolean;
}

/** What REL alone says where RELA is empty; RO, SY, SIB, AQ and the like name no relation and are left out. */
const BY_REL: Record<string, Relation> = {
  CHD: { name: 'is_a', reversed: false },
  PAR: { name: 'is_a', reversed: true },
  RN: { name: 'narrower_than', reversed: false },
  RB: { name: 'narrower_than', reversed: true },
};

const BY_RELA: Record<string, Relation> = {
  isa: { name: 'is_a', reversed: false },
  inverse_isa: { name: 'is_a', reversed: true },
  part_of: { name: 'part_of', reversed: false },
  has_part: { name: 'part_of', reversed: true },
};

/** Undefined where the row names no relation. */
export function relationOf(rel: string, rela: string): Relation | undefined {
  if (rela === '') return Object.hasOwn(BY_REL, rel) ? BY_REL[rel] : undefined;
  if (Object.hasOwn(BY_RELA, rela)) return BY_RELA[rela];
  if (rela.startsWith('inverse_')) return { name: rela.slice('inverse_'.length), reversed: true };
  if (rela.endsWith('_of')) return { name: `has_${rela.slice(0, -'_of'.length)}`, reversed: true };
  return { name: rela, reversed: false };
}
