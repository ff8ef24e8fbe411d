/** What the image encoder makes of images before the head, frozen: no dropout, and no statistics are updated. */
import * as tf from '@tensorflow/tfjs-core';
import { existsSync } from 'node:fs';
import { readInitialWeights } from '../checkpoint/initial-weights.js';
import type { Config } from '../config/schema.js';
import type { HostTensors } from '../core/host-tensor.js';
import type { Logger } from '../core/log.js';
import { encodeImages } from '../encoders/dual-encoder.js';
import { initialTensors } from '../encoders/init.js';
import { modelLayout } from '../encoders/model-layout.js';
import { groupOf } from '../encoders/parameter-groups.js';
import type { Engine } from '../engine/load.js';
import { uploadWeights, type EncoderWeights } from './encoder.js';
import { nextName } from './function-names.js';

export interface FeatureExtractor {
  /**
   * @param images grey levels 0..255, [evaluation.batchSize, S, S]
   * @returns the global feature of each image, [evaluation.batchSize, width]
   */
  extract: (images: Uint8Array) => Promise<Float32Array>;
  dispose: () => void;
}

interface FeatureInputs extends EncoderWeights {
  [key: string]: tf.NamedTensorMap | tf.Tensor;
  /** [n, S, S] */
  images: tf.Tensor3D;
}

/**
 * One extractor for each model; they share a compiled function.
 *
 * @param models parameters and running statistics; those of the report encoder may be missing and are not used
 */
export function createFeatureExtractors(
  engine: Engine,
  config: Config,
  models: readonly HostTensors[],
): FeatureExtractor[] {
  const { model, evaluation } = config;
  const side = model.vision.imageSize;
  const compiled = engine.compile(
    nextName('image_features'),
    ({ parameters, state, images }: FeatureInputs) =>
      encodeImages(parameters, images, { config, training: false, state }).features.global,
    // A few batches are not worth the seconds that XLA compiles for.
    'executor',
  );
  return models.map((tensors) => {
    const weights = uploadWeights(engine, config, new Map([...tensors].filter(([name]) => groupOf(name) === 'vision')));
    return {
      extract: async (grey) => {
        const images = tf.tensor3d(Int32Array.from(grey), [evaluation.batchSize, side, side], 'int32');
        const features = await compiled({ ...weights, images });
        const values = engine.read(features);
        tf.dispose([images, features]);
        return values;
      },
      dispose: () => tf.dispose([weights.parameters, weights.state]),
    };
  });
}

/**
 * The image encoder as training began: random weights of the configuration's seed, in place of which come its initial
 * weights. Where their file is not on this machine it stays at the random ones, and the log says so.
 *
 * @param vocabulary pieces by id
 */
export async function untrainedImageEncoder(
  config: Config,
  vocabulary: readonly string[],
  log: Logger,
): Promise<HostTensors> {
  const layout = modelLayout(config, vocabulary.length);
  const ofImages = layout.filter(({ name }) => groupOf(name) === 'vision');
  const tensors = initialTensors(ofImages, config.seed);
  const { initialWeights: file } = config;
  if (file === '') return tensors;
  if (!existsSync(file)) {
    log.warn('the weights that training started from are not here: untrained stands for random ones', { file });
    return tensors;
  }
  const started = await readInitialWeights(file, { layout, vocabulary });
  return new Map(Array.from(tensors, ([name, tensor]) => [name, started.get(name) ?? tensor]));
}
