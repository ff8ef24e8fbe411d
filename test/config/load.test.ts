// Which setting wins, where each value says it came from, and what bad settings are answered with.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MlipError } from '../../src/core/errors.js';
import { packageRoot } from '../../src/core/package-root.js';
import { configKeys } from '../../src/config/keys.js';
import { resolveConfig, type ConfigSources } from '../../src/config/load.js';
import { formatOrigin } from '../../src/config/origin.js';
import { recipeNames } from '../../src/config/recipes.js';
import { showConfig } from '../../src/config/show.js';

const folder = mkdtempSync(join(tmpdir(), 'mlip-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function failure(sources: ConfigSources): MlipError {
  try {
    resolveConfig(sources);
  } catch (error) {
    if (error instanceof MlipError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('precedence', () => {
  const path = file('mine.yaml', 'recipe: clip-nano\nseed: 2\noptimizer:\n  learningRate: 2e-4\n  beta1: 0.8\n');
  const env = { MLIP_SEED: '3', MLIP_OPTIMIZER__LEARNING_RATE: '3e-4' };

  it('a file wins over its recipe', () => {
    const { config, origins } = resolveConfig({ recipeOrFile: path });
    expect(config.seed).toBe(2);
    expect(config.optimizer.beta1).toBe(0.8);
    expect(config.batchSize).toBe(resolveConfig({ recipeOrFile: 'clip-nano' }).config.batchSize);
    expect(formatOrigin(origins.get('optimizer.beta1')!)).toBe(`file ${path}:5`);
    expect(formatOrigin(origins.get('batchSize')!)).toMatch(/^recipe clip-nano \(recipes\/clip-nano\.yaml:\d+\)$/);
  });

  it('the environment wins over a file', () => {
    const { config, origins } = resolveConfig({ recipeOrFile: path, env });
    expect(config.optimizer.learningRate).toBe(3e-4);
    expect(formatOrigin(origins.get('seed')!)).toBe('environment MLIP_SEED');
  });

  it('--set wins over the environment, and the flag of a key wins over --set', () => {
    const flags = [{ flag: '--seed', path: 'seed', value: 5 }];
    const { config, origins } = resolveConfig({ recipeOrFile: path, env, set: ['seed=4', 'engine.threads=4'], flags });
    expect(config.seed).toBe(5);
    expect(config.engine.threads).toBe(4);
    expect(formatOrigin(origins.get('seed')!)).toBe('flag --seed 5');
    expect(formatOrigin(origins.get('engine.threads')!)).toBe('flag --set engine.threads=4');
  });

  it('a default stands where a file without a recipe leaves a key out', () => {
    const whole = showConfig(resolveConfig({ recipeOrFile: 'clip-nano' }).config).replace(/timeouts:[^]*/, '');
    const { config, origins } = resolveConfig({ recipeOrFile: file('no-timeouts.yaml', whole) });
    expect(config.timeouts.heartbeatMs).toBe(2000);
    expect(formatOrigin(origins.get('timeouts.heartbeatMs')!)).toBe('default');
  });

  it('text keys take text that looks like a number', () => {
    const { config } = resolveConfig({
      recipeOrFile: 'clip-nano',
      env: { MLIP_NAME: '12' },
      set: ['data.manifest=007'],
    });
    expect(config.name).toBe('12');
    expect(config.data.manifest).toBe('007');
  });
});

const RESNET = ['model.vision.architecture=resnet', 'model.vision.stages=[3,4,6,3]'];

describe('a list', () => {
  const stages = [3, 4, 6, 3];

  it('comes from a file, the environment or --set', () => {
    const architecture = RESNET[0];
    const yaml = 'recipe: clip-nano\nmodel:\n  vision:\n    architecture: resnet\n    stages: [3, 4, 6, 3]\n';
    const path = file('resnet.yaml', yaml);
    const fromFile = resolveConfig({ recipeOrFile: path });
    expect(fromFile.config.model.vision.stages).toEqual(stages);
    expect(formatOrigin(fromFile.origins.get('model.vision.stages')!)).toBe(`file ${path}:5`);
    const env = { MLIP_MODEL__VISION__STAGES: '[3, 4, 6, 3]' };
    const fromEnvironment = resolveConfig({ recipeOrFile: 'clip-nano', env, set: [architecture] });
    expect(fromEnvironment.config.model.vision.stages).toEqual(stages);
    expect(resolveConfig({ recipeOrFile: 'clip-nano', set: RESNET }).config.model.vision.stages).toEqual(stages);
  });

  it('is shown in one line, with its origin', () => {
    const { config, origins } = resolveConfig({ recipeOrFile: 'clip-nano', set: RESNET });
    const text = showConfig(config, origins);
    expect(text).toContain('stages: [ 3, 4, 6, 3 ] # flag --set model.vision.stages=[3,4,6,3]\n');
    expect(resolveConfig({ recipeOrFile: file('stages.yaml', text) }).config).toEqual(config);
  });
});

describe('show', () => {
  it('gives YAML that loads back to the same configuration, with the origin of each value', () => {
    const { config, origins } = resolveConfig({ recipeOrFile: 'clip-nano', set: ['optimizer.learningRate=1e-5'] });
    const text = showConfig(config, origins);
    expect(text).toMatch(/learningRate: .* # flag --set optimizer\.learningRate=1e-5\n/);
    expect(text.match(/ # recipe clip-nano/g)).toHaveLength(configKeys.length - 1);
    expect(resolveConfig({ recipeOrFile: file('shown.yaml', text) }).config).toEqual(config);
  });
});

describe('recipes', () => {
  it.each(recipeNames())('%s is whole, valid and named after its file', (name) => {
    const { config, origins } = resolveConfig({ recipeOrFile: name });
    expect(config.name).toBe(name);
    expect(new Set([...origins.values()].map(({ kind }) => kind))).toEqual(new Set(['recipe']));
    const text = readFileSync(join(packageRoot, 'recipes', `${name}.yaml`), 'utf8');
    expect(text).toContain(`#   mlip train ${name}`);
  });

  it('are the whole method, MGCA and CLIP, at several sizes', () => {
    expect(recipeNames()).toEqual([
      ...['clip-nano', 'clip-resnet50', 'clip-tiny', 'clip-vit-b16', 'mgca-resnet50', 'mgca-vit-b16'],
      ...['mlip-nano', 'mlip-resnet50', 'mlip-tiny', 'mlip-vit-b16'],
    ]);
  });
});

describe('bad configuration', () => {
  it('an unknown recipe is answered with the nearest one', () => {
    const error = failure({ recipeOrFile: 'clip-nanno' });
    expect(error.code).toBe('MLIP_E_CONFIG_UNKNOWN_RECIPE');
    expect(error.remedy).toContain('Did you mean clip-nano?');
  });

  it('a file that is not there is called a file', () => {
    expect(failure({ recipeOrFile: 'runs/none.yaml' }).message).toBe('there is no file runs/none.yaml');
  });

  it('an unknown base recipe is named with its line', () => {
    const path = file('base.yaml', '# mine\nrecipe: clip-tinny\n');
    const error = failure({ recipeOrFile: path });
    expect(error.where).toBe(`${path}:2`);
    expect(error.remedy).toContain('Did you mean clip-tiny?');
  });

  it('an unknown key is named with its line and the nearest key', () => {
    const path = file('typo.yaml', 'recipe: clip-nano\noptimizer:\n  learningrate: 1e-4\n');
    const error = failure({ recipeOrFile: path });
    expect(error.code).toBe('MLIP_E_CONFIG_UNKNOWN_KEY');
    expect(error.where).toBe(`file ${path}:3`);
    expect(error.remedy).toContain('Did you mean optimizer.learningRate?');
  });

  it('a key in the wrong section is found by its last part', () => {
    expect(failure({ recipeOrFile: 'clip-nano', set: ['learningRate=1'] }).remedy).toContain('optimizer.learningRate');
  });

  it('a name that resembles nothing gets no guess', () => {
    expect(failure({ recipeOrFile: 'clip-nano', set: ['zzzzzzzz=1'] }).remedy).not.toContain('Did you mean');
  });

  it('an unknown MLIP_ variable is a warning with the nearest name', () => {
    const env = { MLIP_BATCHSIZE: '4', MLIP_LOG: 'json', MLIP_COORDINATOR_PORT: 'tcp://10.0.0.1:1' };
    const { warnings } = resolveConfig({ recipeOrFile: 'clip-nano', env });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('Did you mean MLIP_BATCH_SIZE?');
  });

  it.each([
    ['seed=fast', 'seed is "fast", from flag --set seed=fast: expected an integer from 0 to 2147483647'],
    ['engine.device=tpu', 'expected one of auto, cpu, gpu'],
    ['engine.compile=maybe', 'expected true or false'],
    ['optimizer.beta1=1.5', 'expected a number from 0 to 1'],
    ['batchSize=2.5', 'expected an integer above 0'],
    ['microBatchSize=7', 'must divide batchSize'],
    ['model.vision.heads=5', 'must divide width'],
    ['data.resize=10', 'must be at least model.vision.imageSize'],
    ['seed=', 'seed is null'],
    ['model.vision.layers=0', 'must be above 0 where model.vision.architecture is vit'],
    ['model.vision.stages=[3,4,6,3]', 'must be [] where model.vision.architecture is vit'],
    ['model.vision.inputSize=299', 'must be 0 where model.vision.architecture is vit'],
    [
      'model.vision.stages=3',
      'model.vision.stages is 3, from flag --set model.vision.stages=3: expected a list of int',
    ],
    ['model.vision.stages=[3,x]', 'model.vision.stages is [3,"x"]'],
  ])('%s is refused with what was expected', (set, expected) => {
    const error = failure({ recipeOrFile: 'clip-nano', set: [set] });
    expect(error.code).toBe('MLIP_E_CONFIG_INVALID');
    expect(error.message).toContain(expected);
    expect(error.where).toBe(`flag --set ${set}`);
  });

  it.each([
    ['model.vision.stages=[]', 'model.vision.stages is []', 'must have 4 numbers'],
    ['model.vision.stages=[3,4,6]', 'model.vision.stages is [3,4,6]', 'must have 4 numbers'],
    ['model.vision.stages=[3,4,0,3]', 'model.vision.stages is [3,4,0,3]', 'expected a list of integers above 0'],
    ['model.vision.dropout=0.1', 'model.vision.dropout is 0.1', 'must be 0'],
  ])('a resnet with %s is refused', (set, ...expected) => {
    const { code, message, where } = failure({ recipeOrFile: 'clip-nano', set: [...RESNET, set] });
    expect(code).toBe('MLIP_E_CONFIG_INVALID');
    for (const part of expected) expect(message).toContain(part);
    expect(where).toBe(`flag --set ${set}`);
  });

  it.each([
    ['loss.prototypes.count=129', 'must be at most batchSize + loss.prototypes.queue'],
    ['microBatchSize=2', 'hard negatives are drawn among the other rows'],
    ['model.fusion.heads=3', 'must divide model.text.width'],
    ['model.divergence.heads=3', 'must divide model.embeddingWidth'],
  ])('the whole method with %s is refused', (set, expected) => {
    const { code, message, where } = failure({ recipeOrFile: 'mlip-nano', set: [set] });
    expect(code).toBe('MLIP_E_CONFIG_INVALID');
    expect(message).toContain(expected);
    expect(where).toBe(`flag --set ${set}`);
  });

  it('every fault is listed at once', () => {
    const error = failure({ recipeOrFile: 'clip-nano', set: ['seed=x', 'epochs=0'] });
    expect(error.message).toContain('seed is "x"');
    expect(error.message).toContain('epochs is 0');
  });

  it('a section that is given a value lists its keys', () => {
    const error = failure({ recipeOrFile: 'clip-nano', set: ['loss=3'] });
    expect(error.remedy).toContain('loss.global.temperature');
    expect(failure({ recipeOrFile: file('empty.yaml', 'recipe: clip-nano\ndata:\n') }).message).toContain(
      'data is a section',
    );
  });

  it('a file without a recipe names what it lacks', () => {
    const error = failure({ recipeOrFile: file('part.yaml', 'name: part\n') });
    expect(error.message).toContain('model is missing');
    expect(error.remedy).toContain('recipe: mlip-nano');
  });

  it.each([
    ['broken.yaml', 'seed: [1\n', 'not valid YAML'],
    ['twice.yaml', 'seed: 1\nseed: 2\n', 'not valid YAML'],
    ['list.yaml', '- 1\n', 'a list of keys and values'],
    ['nothing.yaml', '', 'a list of keys and values'],
  ])('%s is refused', (name, text, expected) => {
    const error = failure({ recipeOrFile: file(name, text) });
    expect(error.code).toBe('MLIP_E_CONFIG_INVALID');
    expect(error.message).toContain(expected);
  });

  it('a malformed --set is a usage error', () => {
    expect(failure({ recipeOrFile: 'clip-nano', set: ['seed'] }).code).toBe('MLIP_E_USAGE');
  });
});
