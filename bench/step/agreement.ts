/** Checks that both sides of the `step` benchmark computed the same: a fast wrong answer is no figure. */
import { join } from 'node:path';
import { readSafetensors } from '../../src/safetensors/safetensors.js';
import { MlipError } from '../../src/core/errors.js';
import { FILES, type CaseName, type SideReport } from './side.js';

/** Largest difference that is called agreement, relative to the values compared; float32 gives about 1e-5. */
const TOLERANCE = 1e-3;

/** A line that says how well they agree; throws MLIP_E_BENCH_DISAGREE where outputs or gradients differ. */
export async function requireAgreement(
  name: CaseName,
  folder: string,
  ours: SideReport,
  theirs: SideReport,
): Promise<string> {
  const outputs = outputDifference(await readOutputs(folder, FILES.ours), await readOutputs(folder, FILES.theirs));
  const { parameter, difference } = worstGradient(ours.gradientNorms, theirs.gradientNorms);
  const within = `outputs agree to ${outputs.toExponential(1)}, gradient norms to ${difference.toExponential(1)}`;
  const line = `${name}: ${within} (${parameter}).`;
  if (Math.max(outputs, difference) <= TOLERANCE) return line;
  throw new MlipError('MLIP_E_BENCH_DISAGREE', `the two sides computed different things (${within} of ${parameter})`, {
    where: `bench/step, case ${name}`,
    remedy: 'Compare the encoder with its layout: `npx vitest run golden` checks it against small golden files.',
  });
}

async function readOutputs(folder: string, file: string): Promise<Float32Array> {
  return (await readSafetensors(join(folder, file))).get('outputs')!.data;
}

/** Largest absolute difference over the largest absolute value; infinite where the lengths differ. */
export function outputDifference(ours: Float32Array, theirs: Float32Array): number {
  if (ours.length !== theirs.length) return Infinity;
  let difference = 0;
  let largest = 0;
  theirs.forEach((value, index) => {
    difference = Math.max(difference, Math.abs(value - ours[index]));
    largest = Math.max(largest, Math.abs(value));
  });
  return difference / largest;
}

/** The parameter whose gradients differ most. */
export interface GradientDifference {
  parameter: string;
  difference: number;
}

/**
 * Differences of gradient norms are relative to the norm or, for parameters whose gradient is next to nothing (biases of
 * attention's keys), to 1 % of the whole norm; infinite where one side lacks a parameter or a number.
 */
export function worstGradient(ours: Record<string, number>, theirs: Record<string, number>): GradientDifference {
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  const floor = 0.01 * Math.hypot(...Object.values(theirs));
  const differences = Array.from(names, (parameter) => {
    const difference = Math.abs(ours[parameter] - theirs[parameter]) / Math.max(theirs[parameter], floor);
    return { parameter, difference: Number.isFinite(difference) ? difference : Infinity };
  });
  return differences.reduce((worst, next) => (next.difference <= worst.difference ? worst : next));
}
