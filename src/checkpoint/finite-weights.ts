/** Refuses weights from elsewhere that no training could go on from. */
import { MlipError } from '../core/errors.js';
import type { HostTensors } from '../core/host-tensor.js';

/**
 * @param where the file that they were read from
 * @throws MLIP_E_WEIGHTS_NOT_FINITE that names the tensor
 */
export function requireFiniteWeights(tensors: HostTensors, where: string): void {
  for (const [name, { data }] of tensors) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at < 0) continue;
    throw new MlipError('MLIP_E_WEIGHTS_NOT_FINITE', `${name} holds ${data[at]} at element ${at}`, {
      where,
      remedy: 'Take other weights: these come from a training that diverged, or were damaged on the way.',
    });
  }
}
