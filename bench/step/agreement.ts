/** Checks that both sides of the `step` benchmark computed the same: a fast wrong answer is no figure. */
import { join } from 'node:path';
import { readSafetensors } from '../../src/safetensors/safetensors.js';
import { MlipError } from '../../src/core/errors.js';
import { FILES, type EncoderName, type MethodReport, type SideReport } from './side.js';

/** Largest difference that is called agreement, relative to the values compared; float32 gives about 1e-5. */
const TOLERANCE = 1e-3;
/**
 * Of gradients of the whole method: where a hidden unit of a head is within rounding of 0, ReLU cuts it off on one side and
 * not on the other, and one unit of a row is about a thousandth of the gradient.
 */
const RELU_TOLERANCE = 5e-3;

/** A line that says how well they agree; throws MLIP_E_BENCH_DISAGREE where outputs or gradients differ. */
export async function requireEncoderAgreement(
  name: EncoderName,
  folder: string,
  ours: SideReport,
  theirs: SideReport,
): Promise<string> {
  const outputs = outputDifference(await readOutputs(folder, FILES.ours), await readOutputs(folder, FILES.theirs));
  const gradients = worstGradient(ours.gradientNorms, theirs.gradientNorms);
  return requireClose(name, { what: 'outputs', difference: outputs }, gradients, TOLERANCE);
}

/** The same of the losses of a step of the whole method. Each part of the model has gradients of a size of its own. */
export function requireMethodAgreement(ours: MethodReport, theirs: MethodReport): string {
  const gradients = worstGradient(ours.gradientNorms, theirs.gradientNorms, (parameter) => parameter.split('.')[0]);
  const losses = { what: 'losses', difference: lossDifference(ours.losses, theirs.losses) };
  return requireClose('method', losses, gradients, RELU_TOLERANCE);
}

function requireClose(
  name: string,
  { what, difference }: { what: string; difference: number },
  gradients: GradientDifference,
  gradientTolerance: number,
): string {
  const ofGradients = `gradient norms to ${gradients.difference.toExponential(1)} (${gradients.parameter})`;
  const line = `${name}: ${what} agree to ${difference.toExponential(1)}, ${ofGradients}.`;
  if (difference <= TOLERANCE && gradients.difference <= gradientTolerance) return line;
  throw new MlipError('MLIP_E_BENCH_DISAGREE', `the two sides computed different things (${line})`, {
    where: `bench/step, case ${name}`,
    remedy: 'Compare with the golden files of encoders and losses: `npx vitest run golden`.',
  });
}

/** Largest relative difference of the losses that PyTorch has; infinite where one is missing or no number. */
export function lossDifference(ours: Record<string, number>, theirs: Record<string, number>): number {
  const differences = Object.entries(theirs).map(([name, value]) => Math.abs(ours[name] / value - 1));
  return differences.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, value) : Infinity), 0);
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
 * attention's keys), to 1 % of the norm of all gradients of their part of the model; infinite where one side lacks a
 * parameter or a number.
 */
export function worstGradient(
  ours: Record<string, number>,
  theirs: Record<string, number>,
  partOf: (parameter: string) => string = () => '',
): GradientDifference {
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  const floorOf = (part: string): number =>
    0.01 *
    Math.hypot(
      ...Object.keys(theirs)
        .filter((name) => partOf(name) === part)
        .map((name) => theirs[name]),
    );
  const floors = new Map(names.map(partOf).map((part) => [part, floorOf(part)]));
  const differences = names.map((parameter) => {
    const scale = Math.max(theirs[parameter], floors.get(partOf(parameter))!);
    const difference = Math.abs(ours[parameter] - theirs[parameter]) / scale;
    return { parameter, difference: Number.isFinite(difference) ? difference : Infinity };
  });
  return differences.reduce((worst, next) => (next.difference <= worst.difference ? worst : next));
}
