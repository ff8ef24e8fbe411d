// A run that starts from weights: the rank that loads the state reads them, and the rest is as without them.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { HostTensors } from '../../src/core/host-tensor.js';
import type { LogFields, Logger } from '../../src/core/log.js';
import { writeSafetensors } from '../../src/safetensors/safetensors.js';
import { startingState } from '../../src/worker/saved-state.js';
import { initialState } from '../../src/worker/training-state.js';
import { silent } from '../collectives/rings.js';
import { smallConfig } from './small-step.js';

const folder = mkdtempSync(join(tmpdir(), 'mlip-initial-'));
afterAll(() => rmSync(folder, { recursive: true }));

const VOCABULARY = Array.from({ length: 40 }, (_, id) => `piece${id}`);
const plain = initialState(smallConfig(), VOCABULARY.length).model;
const NAME = 'vision.norm.weight';
const given = { shape: plain.get(NAME)!.shape, data: plain.get(NAME)!.data.map((_, i) => i + 2) };

let files = 0;
async function weights(tensors: HostTensors): Promise<string> {
  const path = join(folder, `${files++}.safetensors`);
  await writeSafetensors(path, tensors);
  return path;
}

async function start(path: string, log: Logger = silent): Promise<HostTensors> {
  const config = smallConfig(`initialWeights=${path}`);
  return (await startingState(config, '', VOCABULARY, log)).model;
}

/** What the start says of a file of these tensors. */
async function logOf(tensors: HostTensors): Promise<{ info: LogFields; warnings: unknown[] }> {
  const said: { info: LogFields; warnings: unknown[] } = { info: {}, warnings: [] };
  await start(await weights(tensors), {
    ...silent,
    info: (_, fields = {}) => (said.info = fields),
    warn: (_, fields) => said.warnings.push(fields?.['names']),
  });
  return said;
}

describe('initial weights', () => {
  it('replace what they hold; the rest, and the moments, are as without them', async () => {
    const model = await start(await weights(new Map([[NAME, given]])));
    expect(model.get(NAME)).toEqual(given);
    const rest = new Map([...model].filter(([name]) => name !== NAME));
    expect(rest).toEqual(new Map([...plain].filter(([name]) => name !== NAME)));
  });

  it('are counted in the log, with the names of what they do not hold', async () => {
    const { info, warnings } = await logOf(new Map([[NAME, given]]));
    const missing = [...plain.keys()].filter((name) => name !== NAME);
    expect(info).toMatchObject({ tensors: 1, missing: missing.length, names: missing.join(' ') });
    expect(warnings).toEqual([missing.filter((name) => name.startsWith('vision.')).join(' ')]);
  });

  it('that hold whole encoders or nothing of them are no cause for a warning', async () => {
    const { info, warnings } = await logOf(new Map([...plain].filter(([name]) => name.startsWith('text.'))));
    expect(info).toMatchObject({ missing: [...plain.keys()].filter((name) => !name.startsWith('text.')).length });
    expect(warnings).toEqual([]);
  });

  it.each([
    [
      'names that the model does not have',
      'MLIP_E_WEIGHTS_NAMES',
      /^1 names .*: blocks.0.norm1.weight$/,
      'blocks.0.norm1.weight',
      given,
    ],
    [
      'another shape',
      'MLIP_E_WEIGHTS_ARCHITECTURE',
      /vision.cls_token is 16, not 1 x 1 x 16/,
      'vision.cls_token',
      given,
    ],
    [
      'an infinite number',
      'MLIP_E_WEIGHTS_NOT_FINITE',
      /vision.norm.weight holds Infinity at element 3/,
      NAME,
      { ...given, data: given.data.map((v, i) => (i === 3 ? Infinity : v)) },
    ],
  ] as const)('with %s are refused', async (_, code, message, name, tensor) => {
    const path = await weights(new Map([[name, tensor]]));
    await expect(start(path)).rejects.toMatchObject({
      code,
      where: path,
      message: expect.stringMatching(message) as string,
    });
  });

  it('that are a pickle, or absent, are refused', async () => {
    const pickle = join(folder, 'deit.pth');
    writeFileSync(pickle, 'PK\x03\x04');
    await expect(start(pickle)).rejects.toMatchObject({ code: 'MLIP_E_WEIGHTS_PICKLE', where: pickle });
    const absent = join(folder, 'absent');
    expect(existsSync(absent)).toBe(false);
    await expect(start(absent)).rejects.toMatchObject({ code: 'MLIP_E_WEIGHTS_MISSING', where: absent });
  });
});
