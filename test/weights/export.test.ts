// What an export writes, beside what the libraries make of it (parity.test.ts).
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readInitialWeights } from '../../src/checkpoint/initial-weights.js';
import { readVocabulary } from '../../src/data/vocabulary.js';
import { modelLayout } from '../../src/encoders/model-layout.js';
import { readSafetensors, readSafetensorsHeader } from '../../src/safetensors/safetensors.js';
import { exportWeights, type ExportTarget } from '../../src/weights/export-weights.js';
import { importWeights } from '../../src/weights/import-weights.js';
import { fixture, shakenTensors, smallConfig, VOCABULARY } from './small-model.js';

const folder = mkdtempSync(join(tmpdir(), 'mlip-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const config = smallConfig();
const vocabulary = await readVocabulary(VOCABULARY);
const tensors = shakenTensors(config, vocabulary.length);
const model = { config, vocabulary, tensors };

it.each([
  ['timm', 'vision.'],
  ['transformers', 'text.'],
] as const)(
  'an export to %s holds every tensor under %s as it is stored, and names what it leaves out',
  async (to, prefix) => {
    const { out, leftOut } = await exportWeights(model, { to, out: join(folder, to) });
    const written = await readSafetensors(join(out, 'model.safetensors'));
    const expected = [...tensors].filter(([name]) => name.startsWith(prefix));
    expect([...written]).toEqual(expected.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
    expect(leftOut).toEqual([...tensors.keys()].filter((name) => !name.startsWith(prefix)));
  },
);

it.each([
  ['timm', 'vision'],
  ['transformers', 'text'],
] as const)('what was exported to %s can be imported again, to the bit', async (to, part) => {
  const { out } = await exportWeights(model, { to, out: join(folder, `${to}-again`) });
  const file = join(folder, `${part}.safetensors`);
  const { missing } = await importWeights({ config, [part]: out, out: file });
  for (const [name, tensor] of await readSafetensors(file)) expect(tensor, name).toEqual(tensors.get(name));
  expect(missing.filter((name) => name.startsWith(`${part}.`))).toEqual([]);
});

it('an export to mlip is initial weights of the same model', async () => {
  const { out, leftOut } = await exportWeights(model, { to: 'mlip', out: join(folder, 'mlip') });
  const layout = modelLayout(config, vocabulary.length);
  const read = await readInitialWeights(join(out, 'model.safetensors'), { layout, vocabulary });
  expect(new Map(read)).toEqual(tensors);
  expect(leftOut).toEqual([]);
});

it('a vision transformer has no place in torchvision', async () => {
  const out = join(folder, 'torchvision');
  await expect(exportWeights(model, { to: 'torchvision', out })).rejects.toMatchObject({
    code: 'MLIP_E_WEIGHTS_ARCHITECTURE',
    remedy: 'Export it with --to timm.',
  });
  expect(existsSync(out)).toBe(false);
});

it('replaces files only when told to, and leaves others alone', async () => {
  const out = join(folder, 'taken');
  mkdirSync(out);
  writeFileSync(join(out, 'notes.txt'), 'mine');
  const to: ExportTarget = 'timm';
  await expect(exportWeights(model, { to, out })).rejects.toMatchObject({ code: 'MLIP_E_WEIGHTS_OUT', where: out });
  expect(readdirSync(out)).toEqual(['notes.txt']);
  await exportWeights(model, { to, out, force: true });
  expect(readdirSync(out).sort()).toEqual(['config.json', 'model.safetensors', 'notes.txt']);
  expect(readFileSync(join(out, 'notes.txt'), 'utf8')).toBe('mine');
});

it('carries the mark without which transformers refuses a file', async () => {
  const { out } = await exportWeights(model, { to: 'transformers', out: join(folder, 'marked') });
  expect((await readSafetensorsHeader(join(out, 'model.safetensors'))).metadata).toMatchObject({ format: 'pt' });
  expect(readFileSync(join(out, 'vocab.txt'), 'utf8')).toBe(readFileSync(fixture('bert', 'vocab.txt'), 'utf8'));
});
