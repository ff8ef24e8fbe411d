/** Layouts of parameters: what a checkpoint must hold, and what training starts from. */
import { describe, expect, it } from 'vitest';
import { elementCount } from '../../src/core/host-tensor.js';
import { resolveConfig } from '../../src/config/load.js';
import { modelLayout, parametersLayout, statisticsLayout, type ModelConfig } from '../../src/encoders/model-layout.js';
import { initialTensors } from '../../src/encoders/init.js';
import { vitLayout } from '../../src/encoders/vit.js';
import { bertLayout } from '../../src/encoders/bert.js';

const base = { architecture: 'vit', imageSize: 224, patchSize: 16, width: 768, layers: 12, heads: 12 } as const;
const vitB16 = { ...base, inputSize: 0, stages: [], mlpWidth: 3072, dropout: 0, frozen: false };
const bertBase = { architecture: 'bert', width: 768, layers: 12, heads: 12, mlpWidth: 3072 } as const;

const model: ModelConfig['model'] = {
  vision: { ...vitB16, imageSize: 32, width: 48, layers: 2, heads: 3, mlpWidth: 96 },
  text: { ...bertBase, width: 32, layers: 2, heads: 2, mlpWidth: 64, maxPositions: 16, dropout: 0, frozen: false },
  headWidth: 40,
  embeddingWidth: 24,
  divergence: { heads: 4, dropout: 0 },
  fusion: { layers: 1, heads: 2, mlpWidth: 64, dropout: 0 },
};
const nano = resolveConfig({ recipeOrFile: 'clip-nano' }).config;
const config: ModelConfig = { ...nano, model };
const layout = parametersLayout(config, 50);
const resnet: ModelConfig = {
  ...config,
  model: { ...model, vision: { ...model.vision, architecture: 'resnet', width: 8, stages: [1, 1, 1, 1] } },
};
/** With everything that a configuration can ask for. */
const whole = resolveConfig({ recipeOrFile: 'mlip-nano' }).config;

describe('layouts', () => {
  it('count as many parameters as the published models have', () => {
    const count = (of: readonly { shape: number[] }[]): number =>
      of.reduce((sum, { shape }) => sum + elementCount(shape), 0);
    // timm vit_base_patch16_224 without classifier; BertModel of bert-base-cased without pooler
    expect(count(vitLayout(vitB16))).toBe(85_798_656);
    expect(count(bertLayout({ ...bertBase, maxPositions: 512, dropout: 0.1, frozen: false }, 28_996))).toBe(
      107_719_680,
    );
  });

  it.each([
    ['a ViT', config],
    ['a ResNet', resnet],
    ['the whole method', whole],
  ])('have no name twice, with %s', (_, of) => {
    const names = modelLayout(of, 50).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('give the head the width of what the image encoder makes', () => {
    const headOf = (of: ModelConfig) => parametersLayout(of, 50).find(({ name }) => name === 'head.vision.0.weight');
    expect(headOf(config)!.shape).toEqual([40, 48]);
    expect(headOf(resnet)!.shape).toEqual([40, 2048]);
  });
});

describe('initial weights', () => {
  const tensors = initialTensors(layout, 1);

  it('come in the order and the shapes of the layout', () => {
    expect([...tensors.keys()]).toEqual(layout.map(({ name }) => name));
    for (const { shape, data } of tensors.values()) expect(data).toHaveLength(elementCount(shape));
  });

  it('are a function of the seed and the name, not of the other parameters', () => {
    const one = layout.filter(({ name }) => name === 'text.encoder.layer.1.attention.self.key.weight');
    expect([...initialTensors(one, 1).values()][0]).toEqual(tensors.get(one[0].name));
    expect([...initialTensors(one, 2).values()][0]).not.toEqual(tensors.get(one[0].name));
  });

  it('are spread as in timm, Hugging Face and torch', () => {
    const of = (name: string): number[] => Array.from(tensors.get(name)!.data);
    expect(deviation(of('vision.blocks.0.attn.qkv.weight'))).toBeCloseTo(0.02, 3);
    expect(deviation(of('text.embeddings.word_embeddings.weight'))).toBeCloseTo(0.02, 2);
    expect(new Set(of('vision.blocks.1.mlp.fc1.bias'))).toEqual(new Set([0]));
    expect(new Set(of('text.embeddings.LayerNorm.weight'))).toEqual(new Set([1]));
    const head = of('head.vision.0.weight');
    expect(Math.max(...head.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(48));
    expect(deviation(head)).toBeCloseTo(1 / Math.sqrt(3 * 48), 2);
  });

  it('of a ResNet are spread as torchvision spreads them', () => {
    const specs = parametersLayout(resnet, 50).filter(({ name }) => name.startsWith('vision.layer3.0.'));
    const of = (name: string): number[] => Array.from(initialTensors(specs, 1).get(`vision.layer3.0.${name}`)!.data);
    // kaiming_normal_ by fan_out: sqrt(2 / (outputs * kernel area))
    expect(deviation(of('conv2.weight'))).toBeCloseTo(Math.sqrt(2 / (32 * 9)), 2);
    expect(deviation(of('downsample.0.weight'))).toBeCloseTo(Math.sqrt(2 / 1024), 3);
    expect(new Set(of('bn3.weight'))).toEqual(new Set([1]));
    expect(new Set(of('bn3.bias'))).toEqual(new Set([0]));
  });

  it('of running statistics are mean 0 and variance 1', () => {
    const state = initialTensors(statisticsLayout(config), 1);
    expect(new Set(state.get('head.text.1.running_mean')!.data)).toEqual(new Set([0]));
    expect(new Set(state.get('head.text.4.running_var')!.data)).toEqual(new Set([1]));
  });
});

function deviation(values: number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
