// Configurations as checkpoints hold them, those of earlier versions included.
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { parseStoredConfig } from '../../src/config/stored.js';

const config = resolveConfig({
  recipeOrFile: 'mlip-nano',
  set: ['checkpoint.keep=7', 'reduction=reproducible'],
}).config;

function without(remove: (stored: Config) => void): string {
  const stored = structuredClone(config);
  remove(stored);
  return JSON.stringify(stored);
}

describe('a stored configuration', () => {
  it('comes back as it was', () => {
    expect(parseStoredConfig(JSON.stringify(config))).toEqual(config);
  });

  it('takes defaults for how a run is operated, a key or a section at a time, and keeps what it says', () => {
    const text = without((stored) => {
      delete (stored as Partial<Config>).elastic;
      delete (stored.checkpoint as Partial<Config['checkpoint']>).keepBest;
    });
    const { elastic, checkpoint, reduction } = parseStoredConfig(text);
    expect(elastic.minWorkers).toBe(1);
    expect(checkpoint).toMatchObject({ keep: 7, keepBest: '' });
    expect(reduction).toBe('reproducible');
  });

  it.each<[string, (stored: Config) => void]>([
    ['what the model is', (stored) => delete (stored as Partial<Config>).model],
    ['what is learned', (stored) => delete (stored.optimizer as Partial<Config['optimizer']>).learningRate],
  ])('must say %s', (_, remove) => {
    expect(() => parseStoredConfig(without(remove))).toThrow();
  });

  it.each(['null', '[]', '3', '{', '{"checkpoint": 3}'])('is not %s', (text) => {
    expect(() => parseStoredConfig(text)).toThrow();
  });
});
