/** Refuses what diverged weights compute. */
import { MlipError } from '../core/errors.js';
import type { HostTensor } from '../core/host-tensor.js';

/**
 * @param tensor [n, width]
 * @param source what computed it, for the message
 * @throws MLIP_E_EVALUATION_NOT_FINITE where a value is NaN or infinite.
 */
export function requireFinite({ shape, data }: HostTensor, source: string): void {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new MlipError('MLIP_E_EVALUATION_NOT_FINITE', `the ${source} gives NaN or infinite embeddings`, {
    where: `row ${Math.floor(at / shape[1])}`,
    remedy: 'The weights have diverged: evaluate an earlier checkpoint, or train with a lower learning rate.',
  });
}
