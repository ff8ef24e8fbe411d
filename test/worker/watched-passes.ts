// Passes that call a function, and wait for it, before each of their calls: for tests that interfere with a step under way.
import type * as tf from '@tensorflow/tfjs-core';
import { MODALITIES, type Passes } from '../../src/worker/passes.js';

/** @param before may throw; backward passes of encoders count as calls too */
export function watchedPasses(passes: Passes, before: (pass: string) => unknown): Passes {
  const watch = <Args extends unknown[], Result>(name: string, call: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      await before(name);
      return call(...args);
    };
  };
  const encoders = MODALITIES.map((modality) => {
    const encode = watch(modality, passes.encoders[modality]);
    return [
      modality,
      async (...args: Parameters<typeof encode>) => {
        const result = await encode(...args);
        const { residuals } = result;
        const backward = watch(`${modality} backward`, (gradients: tf.NamedTensorMap) => residuals.backward(gradients));
        return { ...result, residuals: { backward, dispose: () => residuals.dispose() } };
      },
    ];
  });
  return {
    encoders: Object.fromEntries(encoders) as Passes['encoders'],
    globalLosses: watch('globalLosses', passes.globalLosses),
    microBatchLosses: watch('microBatchLosses', passes.microBatchLosses),
    norm: watch('norm', passes.norm),
    update: watch('update', passes.update),
    statistics: watch('statistics', passes.statistics),
  };
}
