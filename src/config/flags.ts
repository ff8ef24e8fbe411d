/** Flags of the command line as configuration: `--set a.b=c`, and flags that stand for a key (`--seed 3`). */
import { MlipError } from '../core/errors.js';
import { findKey } from './keys.js';
import type { Assignment } from './origin.js';
import { parseScalar } from './scalar.js';

/** A flag that stands for one key, e.g. `{ flag: '--seed', path: 'seed', value: 3 }`. */
export interface KeyFlag {
  flag: string;
  path: string;
  value: unknown;
}

/** `--set` first, so that a key's own flag wins over it. */
export function readFlags(set: readonly string[], flags: readonly KeyFlag[]): Assignment[] {
  return [...set.map(readSet), ...flags.map(readFlag)];
}

function readSet(text: string): Assignment {
  const equals = text.indexOf('=');
  if (equals < 1) {
    throw new MlipError('MLIP_E_USAGE', `--set needs key=value, not ${JSON.stringify(text)}`, {
      remedy: 'For instance: --set optimizer.learningRate=1e-4',
    });
  }
  const path = text.slice(0, equals).trim();
  const raw = text.slice(equals + 1);
  const value = findKey(path)?.isText ? raw : parseScalar(raw);
  return { path, value, origin: { kind: 'flag', name: `--set ${text}` } };
}

function readFlag({ flag, path, value }: KeyFlag): Assignment {
  return { path, value, origin: { kind: 'flag', name: `${flag} ${String(value)}` } };
}
