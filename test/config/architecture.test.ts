// The hash that tells whether a checkpoint fits a model.
import { expect, it } from 'vitest';
import { architectureHash } from '../../src/config/architecture.js';
import { resolveConfig } from '../../src/config/load.js';

const hashOf = (...set: string[]): string => architectureHash(resolveConfig({ recipeOrFile: 'clip-nano', set }).config);

it('the hash is the same whatever does not change the parameters', () => {
  expect(hashOf('optimizer.learningRate=1', 'seed=9', 'model.text.dropout=0.5')).toBe(hashOf());
});

const RESNET = ['model.vision.architecture=resnet', 'model.vision.stages=[1,1,1,1]'];

it('the hash tells a resnet from a vit, and one resnet from another, but not by the sizes of a vit', () => {
  const hashes = [hashOf(), hashOf(...RESNET), hashOf(...RESNET, 'model.vision.stages=[1,1,2,1]')];
  expect(new Set([...hashes, hashOf(...RESNET, 'model.vision.inputSize=299')]).size).toBe(4);
  expect(hashOf(...RESNET, 'model.vision.layers=0', 'model.vision.heads=3')).toBe(hashes[1]);
});

const CHANGES = ['model.vision.layers=5', 'model.text.width=256', 'model.embeddingWidth=64', 'loss.itm.weight=1'];
it.each(CHANGES)('%s changes the hash', (set) => {
  expect(hashOf(set)).not.toBe(hashOf());
});
