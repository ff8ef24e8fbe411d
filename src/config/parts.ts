/** What of the method a configuration trains: losses of weight 0 are left out, with the parameters that only they read. */
import type { Config } from './schema.js';

export interface MethodParts {
  /** Divergence encoders over [global; local positions] of each modality. */
  divergence: boolean;
  /** Token-knowledge-patch alignment. */
  local: boolean;
  /** Concepts: in the local alignment, and as the third view of the prototypes. */
  knowledge: boolean;
  prototypes: boolean;
  /** Image-text matching and text swapping, both on the features of the fusion encoder. */
  itm: boolean;
  ts: boolean;
}

export function partsOf({ loss, knowledge }: Pick<Config, 'loss' | 'knowledge'>): MethodParts {
  return {
    divergence: loss.divergence.enabled && loss.global.weight > 0,
    local: loss.local.weight > 0,
    knowledge: knowledge.enabled,
    prototypes: loss.prototypes.weight > 0,
    itm: loss.itm.weight > 0,
    ts: loss.ts.weight > 0,
  };
}

/** Whether the encoders give embeddings of words and patches. */
export function hasLocalEmbeddings({ divergence, local }: MethodParts): boolean {
  return divergence || local;
}

export function hasFusion({ itm, ts }: MethodParts): boolean {
  return itm || ts;
}
