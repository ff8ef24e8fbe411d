// A model of the sizes of the fixtures' weights (test/fixtures/weights/make_weights.py).
import { join } from 'node:path';
import { resolveConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import type { HostTensors } from '../../src/core/host-tensor.js';
import { packageRoot } from '../../src/core/package-root.js';
import { random } from '../../src/core/random.js';
import { modelLayout } from '../../src/encoders/model-layout.js';
import { initialTensors } from '../../src/encoders/init.js';

export const fixture = (...parts: string[]): string => join(packageRoot, 'test/fixtures/weights', ...parts);

export const VOCABULARY = fixture('bert', 'vocab.txt');

const SETTINGS = [
  ...['data.maxPieces=10', `data.vocabulary=${VOCABULARY}`, 'data.resize=64'],
  ...['model.vision.imageSize=24', 'model.vision.patchSize=8', 'model.vision.width=24', 'model.vision.layers=2'],
  ...['model.vision.heads=3', 'model.vision.mlpWidth=48'],
  ...['model.text.width=16', 'model.text.layers=2', 'model.text.heads=2', 'model.text.mlpWidth=24'],
  ...['model.text.maxPositions=10', 'model.headWidth=20', 'model.embeddingWidth=12'],
  ...['model.fusion.layers=2', 'model.fusion.heads=2', 'model.fusion.mlpWidth=24', 'model.divergence.heads=4'],
];

export function smallConfig(...more: string[]): Config {
  return resolveConfig({ recipeOrFile: 'clip-nano', set: [...SETTINGS, ...more] }).config;
}

/** Parameters that are all random, those too that start from 0 or 1: a swap of two must be seen. */
export function shakenTensors(config: Config, vocabularySize: number): HostTensors {
  const tensors = initialTensors(modelLayout(config, vocabularySize), 3);
  for (const [name, { data }] of tensors) {
    const source = random(3, 'shaken', name);
    data.forEach((value, i) => (data[i] = value + 0.1 * Math.abs(source.normal())));
  }
  return tensors;
}
