/** Encoders that stay as they start: without gradient, without dropout, BatchNorm by running statistics that never change. */
import type { ModelConfig } from './model-layout.js';

/** Whether a parameter or a running statistic belongs to a frozen encoder. Heads are always trained. */
export function isFrozen(name: string, { model }: Pick<ModelConfig, 'model'>): boolean {
  return (model.vision.frozen && name.startsWith('vision.')) || (model.text.frozen && name.startsWith('text.'));
}

/** Those that are trained, and those that are not, each in their order. */
export function splitFrozen<T>(
  named: Readonly<Record<string, T>>,
  config: Pick<ModelConfig, 'model'>,
): { trained: Record<string, T>; frozen: Record<string, T> } {
  const entries = Object.entries(named);
  return {
    trained: Object.fromEntries(entries.filter(([name]) => !isFrozen(name, config))),
    frozen: Object.fromEntries(entries.filter(([name]) => isFrozen(name, config))),
  };
}
