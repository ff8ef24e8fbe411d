/** Which checkpoints fit which model. */
import { createHash } from 'node:crypto';
import { partsOf } from './parts.js';
import type { Config, VisionConfig } from './schema.js';

/** Keys of the model section that change no parameter's shape or meaning. */
const NOT_ARCHITECTURE = new Set(['dropout', 'frozen']);

/** 16 hex digits that are equal exactly where two configurations have the same parameters. */
export function architectureHash(config: Pick<Config, 'model' | 'loss' | 'knowledge'>): string {
  const { model, loss, knowledge } = config;
  const { count, queue } = loss.prototypes;
  const described = {
    model: { ...model, vision: readKeys(model.vision) },
    parts: partsOf(config),
    prototypes: { count, queue },
    conceptWidth: knowledge.width,
  };
  return createHash('sha256').update(canonical(described)).digest('hex').slice(0, 16);
}

/** The keys that the image encoder's architecture reads: what else stands there makes no other model. */
function readKeys({ inputSize, stages, ...vit }: VisionConfig): Partial<VisionConfig> {
  const { architecture, imageSize, width } = vit;
  return architecture === 'vit' ? vit : { architecture, imageSize, inputSize, width, stages };
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([name]) => !NOT_ARCHITECTURE.has(name));
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, inner]) => `${name}:${canonical(inner)}`).join(',')}}`;
}
