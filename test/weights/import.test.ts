// Weights as timm, Hugging Face and torchvision write them become initial weights of a model.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { elementCount, type HostTensors } from '../../src/core/host-tensor.js';
import { readVocabulary } from '../../src/data/vocabulary.js';
import { modelLayout } from '../../src/encoders/model-layout.js';
import { readInitialWeights } from '../../src/checkpoint/initial-weights.js';
import type { Layout } from '../../src/encoders/layout.js';
import { readSafetensors, writeSafetensors } from '../../src/safetensors/safetensors.js';
import { importWeights, type ImportOptions, type ImportReport } from '../../src/weights/import-weights.js';
import { matchWeights } from '../../src/weights/match.js';
import { resamplePositions } from '../../src/weights/position-embedding.js';
import type { WeightSource } from '../../src/weights/source.js';
import { fixture, smallConfig, VOCABULARY } from './small-model.js';

const folder = mkdtempSync(join(tmpdir(), 'mlip-weights-'));
afterAll(() => rmSync(folder, { recursive: true }));

const VIT = fixture('vit.safetensors');
const BERT = fixture('bert');
const vit = await readSafetensors(VIT);
const bert = await readSafetensors(fixture('bert', 'model.safetensors'));
const config = smallConfig();
const vocabulary = await readVocabulary(VOCABULARY);

let files = 0;
const unusedPath = (): string => join(folder, `${files++}.safetensors`);

async function imported(options: Partial<ImportOptions>): Promise<{ report: ImportReport; tensors: HostTensors }> {
  const report = await importWeights({ config, out: unusedPath(), ...options });
  return { report, tensors: await readSafetensors(report.out) };
}

/** A file like another one but for some of its tensors; undefined leaves one out. */
async function changed(tensors: HostTensors, changes: Record<string, Layout[number]['shape'] | number | undefined>) {
  const copy: HostTensors = new Map(tensors);
  for (const [name, change] of Object.entries(changes)) {
    if (change === undefined) copy.delete(name);
    else if (typeof change === 'number')
      copy.set(name, { ...copy.get(name)!, data: copy.get(name)!.data.map(() => change) });
    else copy.set(name, { shape: change, data: new Float32Array(elementCount(change)) });
  }
  const path = unusedPath();
  await writeSafetensors(path, copy);
  return path;
}

describe('a vision transformer of timm', () => {
  it('gives the image encoder; positions are resampled, and what has no place is listed', async () => {
    const { report, tensors } = await imported({ vision: VIT });
    const [source] = report.sources;
    expect(source).toMatchObject({ family: 'vision transformer', prefix: 'model.', tensors: tensors.size });
    expect(source.unused.sort()).toEqual(['model.head.bias', 'model.head.weight']);
    const what = 'positions of 5 x 5 patches resampled to 3 x 3';
    expect(source.converted).toEqual([{ name: 'vision.pos_embed', what }]);
    expect(tensors.get('vision.pos_embed')).toEqual(resamplePositions(vit.get('model.pos_embed')!, 3));
    expect(tensors.get('vision.blocks.1.attn.qkv.bias')).toEqual(vit.get('model.blocks.1.attn.qkv.bias'));
  });

  it('leaves out everything else, and the report names it', async () => {
    const { report, tensors } = await imported({ vision: VIT });
    const names = modelLayout(config, vocabulary.length).map(({ name }) => name);
    expect(report.imported).toEqual(names.filter((name) => name.startsWith('vision.')));
    expect(report.missing).toEqual(names.filter((name) => !name.startsWith('vision.')));
    expect([...tensors.keys()]).toEqual(report.imported);
  });

  it('may have a kernel for grey images: its sum over channels stays', async () => {
    const kernel = vit.get('model.patch_embed.proj.weight')!;
    const grey = { shape: [24, 1, 8, 8], data: kernel.data.slice(0, 24 * 64) };
    const path = unusedPath();
    await writeSafetensors(path, new Map([...vit, ['model.patch_embed.proj.weight', grey]]));
    const { tensors } = await imported({ vision: path });
    const { shape, data } = tensors.get('vision.patch_embed.proj.weight')!;
    expect(shape).toEqual([24, 3, 8, 8]);
    const at = (output: number, channel: number, pixel: number): number => data[(output * 3 + channel) * 64 + pixel];
    expect(at(5, 0, 9) + at(5, 1, 9) + at(5, 2, 9)).toBeCloseTo(grey.data[5 * 64 + 9], 6);
    expect(at(5, 2, 9)).toBe(at(5, 0, 9));
  });

  it('without its last norm is taken, and the norm named as missing', async () => {
    const path = await changed(vit, { 'model.norm.weight': undefined });
    expect((await imported({ vision: path })).report.missing).toContain('vision.norm.weight');
  });

  it.each([
    [
      'another width',
      ['model.vision.width=48', 'model.vision.mlpWidth=48'],
      /width 24, .* the model has one of width 48,/,
    ],
    ['another depth', ['model.vision.layers=3'], /blocks 2, .* blocks 3,/],
    ['another patch', ['model.vision.patchSize=12'], /patch side 8, .* patch side 12,/],
  ])('of %s is refused, naming both', async (_, settings, message) => {
    await expect(imported({ config: smallConfig(...settings), vision: VIT })).rejects.toMatchObject({
      code: 'MLIP_E_WEIGHTS_ARCHITECTURE',
      where: VIT,
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    ['distilled', { 'model.dist_token': [1, 1, 24], 'model.pos_embed': [1, 27, 24] }, /distilled DeiT/],
    ['without a class token', { 'model.cls_token': undefined, 'model.pos_embed': [1, 25, 24] }, /25 positions are not/],
    ['with layer scales', { 'model.blocks.0.ls1.gamma': [24] }, /it has model.blocks.0.ls1.gamma, which/],
    ['with registers', { 'model.reg_token': [1, 4, 24] }, /it has model.reg_token, which/],
    ['of twice the same', { 'ema.patch_embed.proj.weight': [24, 3, 8, 8] }, /2 encoders: under model\. and ema\./],
  ])('%s is refused: it would compute something else', async (_, changes, message) => {
    const vision = await changed(vit, changes);
    await expect(imported({ vision })).rejects.toMatchObject({
      code: 'MLIP_E_WEIGHTS_ARCHITECTURE',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('a BERT of Hugging Face', () => {
  it('gives the report encoder its first layers, with the old names of norms and a cut position table', async () => {
    const { report, tensors } = await imported({ text: BERT });
    const [source] = report.sources;
    expect(source).toMatchObject({ part: 'text', family: 'BERT', prefix: 'bert.' });
    expect(source.converted).toEqual([
      { name: 'text.embeddings.position_embeddings.weight', what: 'the first 10 of 12 positions' },
    ]);
    const positions = tensors.get('text.embeddings.position_embeddings.weight')!;
    const all = bert.get('bert.embeddings.position_embeddings.weight')!;
    expect(Array.from(positions.data)).toEqual(Array.from(all.data.subarray(0, 160)));
    const norm = 'encoder.layer.1.output.LayerNorm';
    expect(tensors.get(`text.${norm}.weight`)).toEqual(bert.get(`bert.${norm}.gamma`));
    expect(source.unused).toContain('bert.pooler.dense.weight');
    expect(source.unused).toContain('bert.embeddings.position_ids');
    expect(source.unused).toContain('bert.encoder.layer.2.output.dense.weight');
    expect(source.unused.length + source.tensors).toBe(bert.size);
  });

  it('gives the fusion encoder the layers after them; what has no source there is left out', () => {
    const layout = modelLayout(smallConfig('loss.itm.weight=1'), vocabulary.length);
    const { taken, unused } = matchWeights(sourceOf(bert), 'text', layout);
    const names = new Map(taken.map(({ name, source }) => [name, source]));
    expect(names.get('fusion.encoder.layer.0.attention.self.query.weight')).toBe(
      'bert.encoder.layer.2.attention.self.query.weight',
    );
    expect(names.get('fusion.encoder.layer.1.output.LayerNorm.weight')).toBe(
      'bert.encoder.layer.3.output.LayerNorm.gamma',
    );
    const alone = layout.map(({ name }) => name).filter((name) => name.startsWith('fusion.') && !names.has(name));
    expect(alone.length).toBeGreaterThan(0);
    expect(alone.filter((name) => !name.includes('.crossattention.'))).toEqual([]);
    expect(unused.filter((name) => name.includes('encoder.layer'))).toEqual([]);
  });

  it('needs the vocabulary that it was trained with', async () => {
    const none = smallConfig('data.vocabulary=');
    await expect(imported({ config: none, text: BERT })).rejects.toMatchObject({
      code: 'MLIP_E_WEIGHTS_VOCABULARY',
      remedy: expect.stringContaining(`data.vocabulary=${VOCABULARY}`) as string,
    });
    const other = join(folder, 'vocab.txt');
    writeFileSync(other, readFileSync(VOCABULARY, 'utf8').replace('heart', 'hearts'));
    await expect(imported({ config: smallConfig(`data.vocabulary=${other}`), text: BERT })).rejects.toMatchObject({
      code: 'MLIP_E_WEIGHTS_VOCABULARY',
      message: expect.stringContaining('line 7 differs') as string,
    });
    writeFileSync(other, `${readFileSync(VOCABULARY, 'utf8')}more\n`);
    const alone = await changed(bert, {});
    await expect(imported({ config: smallConfig(`data.vocabulary=${other}`), text: alone })).rejects.toMatchObject({
      code: 'MLIP_E_WEIGHTS_VOCABULARY',
      message: 'weights for 12 pieces; data.vocabulary has 13',
    });
  });

  it.each([
    ['fewer layers', ['model.text.layers=5'], /BERT of 4 layers; the text encoder of the model has 5/],
    ['fewer positions', ['model.text.maxPositions=13'], /12 positions; model.text.maxPositions is 13/],
    ['other heads', ['model.text.heads=4'], /num_attention_heads is 2; the model has 4/],
  ])('of %s than the model is refused', async (_, settings, message) => {
    await expect(imported({ config: smallConfig(...settings), text: BERT })).rejects.toMatchObject({
      code: 'MLIP_E_WEIGHTS_ARCHITECTURE',
      message: expect.stringMatching(message) as string,
    });
  });

  it('may come in shards', async () => {
    const sharded = join(folder, 'sharded');
    mkdirSync(sharded);
    const names = [...bert.keys()];
    const parts = [names.filter((_, i) => i % 2 === 0), names.filter((_, i) => i % 2 === 1)];
    for (const [i, part] of parts.entries()) {
      await writeSafetensors(join(sharded, `${i}.safetensors`), new Map(part.map((name) => [name, bert.get(name)!])));
    }
    const map = Object.fromEntries(names.map((name, i) => [name, `${i % 2}.safetensors`]));
    writeFileSync(join(sharded, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
    const whole = await imported({ text: BERT });
    expect((await imported({ text: sharded })).report.sha256).toBe(whole.report.sha256);
  });
});

describe('a ResNet-50 of torchvision', () => {
  const shapes = JSON.parse(readFileSync(fixture('resnet50.json'), 'utf8')) as Record<string, number[]>;
  const encoder = Object.entries(shapes).filter(([name]) => !/^fc\.|num_batches_tracked/.test(name));
  const layout = encoder.map(([name, shape]) => ({
    name: `vision.${name}`,
    shape,
    initial: { kind: 'constant', value: 0 } as const,
  }));

  it('gives every parameter and every running statistic; classifier and counters are unused', () => {
    const { family, taken, unused } = matchWeights(shapedSource(shapes), 'vision', layout);
    expect(family.title).toBe('residual network');
    expect(taken.map(({ name }) => name)).toEqual(layout.map(({ name }) => name));
    expect(unused.filter((name) => !name.endsWith('num_batches_tracked')).sort()).toEqual(['fc.bias', 'fc.weight']);
    expect(unused).toHaveLength(55);
  });

  it('of another depth, or for a vision transformer, is refused', async () => {
    const deeper = { ...shapes, 'layer3.6.conv1.weight': [256, 1024, 1, 1] };
    expect(() => matchWeights(shapedSource(deeper), 'vision', layout)).toThrow(/blocks 3-4-7-3, .* blocks 3-4-6-3/);
    const vision = await changed(new Map(), { 'layer1.0.conv1.weight': [2, 2, 1, 1] });
    await expect(imported({ vision })).rejects.toThrow(/a residual network; the model has a vision transformer there/);
  });
});

describe('an import', () => {
  it('gives a file that the model takes, with the vocabulary it is for', async () => {
    const { report } = await imported({ vision: VIT, text: BERT });
    const model = { layout: modelLayout(config, vocabulary.length), vocabulary };
    const tensors = await readInitialWeights(report.out, model);
    expect(report.missing.filter((name) => !name.startsWith('head.'))).toEqual([]);
    expect([...tensors.keys()]).toEqual(report.imported);
    const other = { ...model, vocabulary: vocabulary.map((piece) => piece.toUpperCase()) };
    await expect(readInitialWeights(report.out, other)).rejects.toMatchObject({ code: 'MLIP_E_WEIGHTS_VOCABULARY' });
  });

  it('refuses numbers that are not finite, naming the tensor, and writes nothing', async () => {
    const vision = await changed(vit, { 'model.blocks.1.norm2.bias': NaN });
    const out = unusedPath();
    await expect(imported({ vision, out })).rejects.toMatchObject({
      code: 'MLIP_E_WEIGHTS_NOT_FINITE',
      message: expect.stringContaining('model.blocks.1.norm2.bias holds NaN') as string,
      where: vision,
    });
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith('.draft'))).toEqual([]);
  });

  it('does not mind numbers in tensors that it does not use', async () => {
    const { report } = await imported({ vision: await changed(vit, { 'model.head.weight': Infinity }) });
    expect(report.sources[0].unused).toContain('model.head.weight');
  });

  it('replaces a file only when told to', async () => {
    const out = unusedPath();
    writeFileSync(out, 'mine');
    await expect(imported({ vision: VIT, out })).rejects.toMatchObject({ code: 'MLIP_E_WEIGHTS_OUT', where: out });
    expect(readFileSync(out, 'utf8')).toBe('mine');
    await imported({ vision: VIT, out, force: true });
    expect((await readSafetensors(out)).size).toBeGreaterThan(0);
  });

  it.each([
    ['a zip archive', 'weights.safetensors', 'PK\x03\x04zip zip zip'],
    ['a bare pickle', 'weights.safetensors', '\x80\x02\x8a\x0alFpickle'],
    ['anything else named so', 'pytorch_model.bin', 'anything else'],
  ])('refuses %s with the command that converts it', async (_, name, content) => {
    const inside = mkdtempSync(join(folder, 'pickle '));
    writeFileSync(join(inside, name), Buffer.from(content, 'latin1'));
    const found = name.endsWith('.bin') ? inside : join(inside, name);
    await expect(imported({ vision: found })).rejects.toMatchObject({
      code: 'MLIP_E_WEIGHTS_PICKLE',
      where: join(inside, name),
      remedy: expect.stringContaining(`'${join(inside, name)}'`) as string,
    });
  });

  it('says where it has looked for weights', async () => {
    await expect(imported({ vision: join(folder, 'nowhere') })).rejects.toMatchObject({
      code: 'MLIP_E_WEIGHTS_MISSING',
    });
    const empty = mkdtempSync(join(folder, 'empty-'));
    copyFileSync(VOCABULARY, join(empty, 'vocab.txt'));
    await expect(imported({ text: empty })).rejects.toMatchObject({ code: 'MLIP_E_WEIGHTS_MISSING', where: empty });
  });
});

function shapedSource(shapes: Record<string, number[]>): WeightSource {
  const tensors = new Map(
    Object.entries(shapes).map(([name, shape]) => [name, { shape, type: 'F32' as const, file: '' }]),
  );
  return { path: 'memory', folder, tensors, metadata: {}, read: () => Promise.resolve(new Map()) };
}

function sourceOf(tensors: HostTensors): WeightSource {
  return shapedSource(Object.fromEntries(Array.from(tensors, ([name, { shape }]) => [name, shape])));
}
