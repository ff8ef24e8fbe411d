/** Tells whether tensors that were read are those that a model has. */
import { MlipError } from '../core/errors.js';
import type { HostTensors } from '../core/host-tensor.js';

/** Differences of a kind that are listed by name. */
const LISTED = 5;

/**
 * The tensors in the order of `layout`. Throws MLIP_E_CHECKPOINT_MISMATCH with what is missing, what is too much, and
 * what has another shape. `where`: the checkpoint or file that they were read from.
 */
export function matchLayout(
  tensors: HostTensors,
  layout: readonly { name: string; shape: readonly number[] }[],
  where: string,
): HostTensors {
  const expected = new Map(layout.map(({ name, shape }) => [name, shape.join(' x ')]));
  const found = new Map(Array.from(tensors, ([name, { shape }]) => [name, shape.join(' x ')]));
  const missing = [...expected.keys()].filter((name) => !found.has(name));
  const unexpected = [...found.keys()].filter((name) => !expected.has(name));
  const reshaped = [...expected].filter(([name, shape]) => found.has(name) && found.get(name) !== shape);
  const differences = [
    ...list('missing', missing),
    ...list('unexpected', unexpected),
    ...list(
      'of another shape',
      reshaped.map(([name, shape]) => `${name} (${found.get(name)}, not ${shape})`),
    ),
  ];
  if (differences.length > 0) throw mismatch(differences, where);
  return new Map(layout.map(({ name }) => [name, tensors.get(name)!]));
}

function list(what: string, names: string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return [`${what}: ${names.slice(0, LISTED).join(', ')}${more}`];
}

function mismatch(differences: string[], where: string): MlipError {
  const message = `the checkpoint is of another architecture; ${differences.join('; ')}`;
  const remedy = 'Use the configuration that it was trained with (config.yaml in its output directory).';
  return new MlipError('MLIP_E_CHECKPOINT_MISMATCH', message, { where, remedy });
}
