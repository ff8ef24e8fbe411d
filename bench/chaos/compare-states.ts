/** The last checkpoint of a disturbed run beside that of a quiet one: weights and optimiser state. */
import { join } from 'node:path';
import { listCheckpoints } from '../../src/checkpoint/checkpoint-directory.js';
import type { HostTensor } from '../../src/core/host-tensor.js';
import { readSafetensors } from '../../src/safetensors/safetensors.js';

export interface StatesCompared {
  readonly problems: readonly string[];
  /** To the bit. */
  readonly same: boolean;
}

/** Of the largest value of a tensor: near zero a rounding is relatively large, and those of many steps add up. */
const TOLERANCE = 1e-4;

const FILES = ['model.safetensors', 'optimizer.safetensors'];

/** @param quiet, disturbed output directories */
export async function compareStates(quiet: string, disturbed: string): Promise<StatesCompared> {
  const [expected, found] = await Promise.all([quiet, disturbed].map(newest));
  if (expected?.step !== found?.step) {
    return { problems: [`the last checkpoint is of step ${found?.step}, not ${expected?.step}`], same: false };
  }
  const compared = await Promise.all(
    FILES.map((file) => compareFiles(join(expected.path, file), join(found.path, file))),
  );
  return { problems: compared.flatMap(({ problems }) => problems), same: compared.every(({ same }) => same) };
}

async function newest(out: string): Promise<{ step: number; path: string }> {
  const [checkpoint] = await listCheckpoints(out);
  return checkpoint;
}

async function compareFiles(expectedPath: string, foundPath: string): Promise<StatesCompared> {
  const [expected, found] = await Promise.all([readSafetensors(expectedPath), readSafetensors(foundPath)]);
  const names = [...new Set([...expected.keys(), ...found.keys()])];
  const differences = names.map((name) => ({ name, by: differenceOf(expected.get(name), found.get(name)) }));
  const tooLarge = differences.filter(({ by }) => !(by <= TOLERANCE));
  return {
    problems: tooLarge.map(({ name, by }) => `${name} of the last checkpoint differs by ${by}`),
    same: differences.every(({ by }) => by === 0),
  };
}

/** Largest difference of an element, as a share of the largest element; infinite where one tensor is missing. */
function differenceOf(expected: HostTensor | undefined, found: HostTensor | undefined): number {
  if (expected?.data.length !== found?.data.length) return Infinity;
  let [largest, difference] = [0, 0];
  for (const [index, value] of expected!.data.entries()) {
    largest = Math.max(largest, Math.abs(value));
    difference = Math.max(difference, Math.abs(value - found!.data[index]));
  }
  return difference === 0 ? 0 : difference / largest;
}
