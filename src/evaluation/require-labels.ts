/** Refuses a manifest of which no label can be scored. */
import { MlipError } from '../core/errors.js';
import type { DividedLabels } from './label-scores.js';

/** @throws MLIP_E_EVALUATION_NO_LABELS */
export function requireLabels(divided: DividedLabels, manifest: string): DividedLabels {
  if (divided.scored.length > 0) return divided;
  const why = divided.leftOut.map(({ label, reason }) => `${label}: ${reason}`).join('; ');
  throw new MlipError('MLIP_E_EVALUATION_NO_LABELS', 'no label of the manifest can be scored', {
    where: manifest,
    remedy: why === '' ? 'Give rows their findings in the field `labels`, a list of names.' : `Left out: ${why}.`,
  });
}
