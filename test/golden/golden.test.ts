/**
 * The golden numbers of the method (PyTorch, timm, transformers), on every backend:
 *
 *   npx vitest run golden
 *   MLIP_GOLDEN=DIR npx vitest run golden      # also the cases in DIR
 *
 * Losses agree to 1e-5 and their gradients to 1e-4, encoders to 1e-4, relative to the
 * largest element of a tensor.
 */
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/safetensors/safetensors.js';
import {
  BACKENDS,
  relativeDifference,
  mapValues,
  runOn,
  withGradients,
  type Host,
  type HostRecord,
  type PureFunction,
} from '../support/backends.js';
import { goldenCases, goldenDirectories, type EncoderCase, type GoldenTensor, type LossCase } from './cases.js';
import { ENCODERS } from './implemented.js';
import { LOSSES, TENSORS } from './losses.js';

const TOLERANCE = { value: 1e-5, gradient: 1e-4, encoder: 1e-4 };

for (const directory of goldenDirectories()) {
  const cases = goldenCases(directory);
  const implemented = (name: string): boolean => name in LOSSES || name in TENSORS || name in ENCODERS;

  describe(`golden numbers in ${directory}`, () => {
    it('are there, and every case is implemented', () => {
      expect(cases).not.toHaveLength(0);
      expect(cases.map(({ name }) => name).filter((name) => !implemented(name))).toEqual([]);
    });

    for (const golden of cases.filter(({ name }) => implemented(name))) {
      it.each(BACKENDS)(`${golden.name} on %s`, async (backend) => {
        if (golden.kind === 'loss') await checkLoss(golden, backend);
        else await checkEncoder(golden, backend);
      });
    }
  });
}

async function checkLoss(golden: LossCase, backend: (typeof BACKENDS)[number]): Promise<void> {
  const names = Object.keys(golden.gradients);
  const fn: PureFunction =
    golden.name in TENSORS
      ? (inputs) => ({ value: TENSORS[golden.name](inputs) })
      : withGradients((inputs) => LOSSES[golden.name](inputs, golden.options), names);
  const found = await runOn(backend, fn, mapValues(golden.inputs, asHost));
  expect(relativeDifference(found['value'].data, golden.value.data)).toBeLessThanOrEqual(TOLERANCE.value);
  for (const name of names) {
    const difference = relativeDifference(found[`gradient/${name}`].data, golden.gradients[name].data);
    expect(difference, `gradient of ${name}`).toBeLessThanOrEqual(TOLERANCE.gradient);
  }
}

async function checkEncoder(golden: EncoderCase, backend: (typeof BACKENDS)[number]): Promise<void> {
  const io: HostRecord = Object.fromEntries(await readSafetensors(golden.ioPath));
  const inputs = { ...Object.fromEntries(await readSafetensors(golden.weightsPath)), ...io };
  const found = await runOn(backend, (tensors) => ENCODERS[golden.name](tensors, golden.config), inputs);
  const expected: HostRecord = { ...io, ...featuresOf(io) };
  for (const [name, { data }] of Object.entries(found)) {
    expect(relativeDifference(data, expected[name].data), name).toBeLessThanOrEqual(TOLERANCE.encoder);
  }
}

/** The features that mlip returns separately, from the tokens [m, 1 + P, width] or the hidden state [m, L, width]. */
function featuresOf({ tokens, last_hidden_state: hidden }: HostRecord): HostRecord {
  if (tokens === undefined && hidden === undefined) return {};
  if (hidden !== undefined) return { global: firstOf(hidden) };
  const [count, length, width] = tokens.shape;
  const rest = Array.from(tokens.data).filter((_, i) => Math.floor(i / width) % length !== 0);
  return { global: firstOf(tokens), local: { shape: [count, length - 1, width], data: rest } };
}

function firstOf({ shape: [count, length, width], data }: Host): Host {
  const first = Array.from(data).filter((_, i) => Math.floor(i / width) % length === 0);
  return { shape: [count, width], data: first };
}

function asHost({ shape, dtype, data }: GoldenTensor): Host {
  return { shape, data, dtype: dtype.startsWith('float') ? 'float32' : dtype === 'bool' ? 'bool' : 'int32' };
}
