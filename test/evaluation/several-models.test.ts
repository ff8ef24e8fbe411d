// Models of different sizes evaluated one after the other in one process, as an ablation does.
import { beforeAll, expect, it } from 'vitest';
import { resolveConfig } from '../../src/config/load.js';
import { configSchema, type Config } from '../../src/config/schema.js';
import { allocateBatch } from '../../src/data/batch.js';
import { initialTensors } from '../../src/encoders/init.js';
import { modelLayout } from '../../src/encoders/model-layout.js';
import { loadEngine, type Engine } from '../../src/engine/load.js';
import { createEncoder } from '../../src/evaluation/encoder.js';
import { createFeatureExtractors } from '../../src/evaluation/image-features.js';

const VOCABULARY_SIZE = 12;
let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine({ device: 'cpu', threads: 1 });
});

function smallConfig(layers: number): Config {
  const { model, evaluation, ...rest } = resolveConfig({ recipeOrFile: 'clip-nano' }).config;
  const size = { width: 8, layers, heads: 2, mlpWidth: 16 };
  return configSchema.parse({
    ...rest,
    data: { ...rest.data, maxPieces: 8 },
    model: {
      ...{ ...model, headWidth: 8, embeddingWidth: 8, fusion: { ...model.fusion, heads: 2 } },
      vision: { ...model.vision, ...size, imageSize: 16 },
      text: { ...model.text, ...size, maxPositions: 8 },
    },
    evaluation: { ...evaluation, batchSize: 2 },
  });
}

it('each gives its own embeddings and features', async () => {
  for (const layers of [1, 2]) {
    const config = smallConfig(layers);
    const tensors = initialTensors(modelLayout(config, VOCABULARY_SIZE), 1);
    const batch = allocateBatch(2, 16, 8);
    batch.pieceMask.fill(1);
    const encoder = createEncoder(engine, config, tensors);
    const { images, reports } = await encoder.encode({ ...batch, pairs: ['first'] });
    expect([images.length, reports.length]).toEqual([8, 8]);
    encoder.dispose();
    const [extractor] = createFeatureExtractors(engine, config, [tensors]);
    expect(await extractor.extract(batch.images)).toHaveLength(2 * 8);
    extractor.dispose();
  }
});
