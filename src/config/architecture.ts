/** Which checkpoints fit which model. */
import { createHash } from 'node:crypto';
import { partsOf } from './parts.js';
import type { Config } from './schema.js';

/** Keys of the model section that change no parameter's shape or meaning. */
const NOT_ARCHITECTURE = new Set(['dropout']);

/** 16 hex digits that are equal exactly where two configurations have the same parameters. */
export function architectureHash(config: Pick<Config, 'model' | 'loss' | 'knowledge'>): string {
  const { model, loss, knowledge } = config;
  const { count, queue } = loss.prototypes;
  const described = { model, parts: partsOf(config), prototypes: { count, queue }, conceptWidth: knowledge.width };
  return createHash('sha256').update(canonical(described)).digest('hex').slice(0, 16);
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([name]) => !NOT_ARCHITECTURE.has(name));
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, inner]) => `${name}:${canonical(inner)}`).join(',')}}`;
}
