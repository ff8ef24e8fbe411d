/** The loss of the newest step and its parts, as `mlip_loss`. */
import type { Instruments } from './instruments.js';
import { FewValues } from './labels.js';

/** Sets those of a step, by name: loss, loss_global, ... */
export type SetLosses = (losses: Readonly<Record<string, number>>) => void;

export function lossGauge({ gauge }: Instruments): SetLosses {
  const loss = gauge('mlip_loss', 'Loss of the newest step over the global batch', 'part');
  const parts = new FewValues();
  return (losses) => {
    for (const [part, value] of Object.entries(losses)) if (parts.admits(part)) loss.set({ part }, value);
  };
}
