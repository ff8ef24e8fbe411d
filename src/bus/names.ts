/** Names in a store are the same in both implementations: nothing in them can leave a directory or match a NATS subject. */
import { MlipError } from '../core/errors.js';
import { MAX_VALUE_BYTES } from './store.js';

const NAME = /^[\w-]{1,64}$/;
const PATH = /^(?=.{1,128}$)[\w-]+(?:[./][\w-]+)*$/;

/** Of a bucket, a queue or a log. */
export function checkName(kind: string, name: string): void {
  if (!NAME.test(name)) throw badName(kind, name, 'letters, digits, - and _ (at most 64)');
}

/** Of a key or an object: parts like names with a dot or a slash in between. */
export function checkPath(kind: string, path: string): void {
  if (PATH.test(path)) return;
  throw badName(kind, path, 'letters, digits, - and _ in parts with single dots or slashes in between (at most 128)');
}

export function checkSize(kind: string, value: Uint8Array, where: string): void {
  if (value.length <= MAX_VALUE_BYTES) return;
  throw new MlipError('MLIP_E_STORE_TOO_LARGE', `${kind} of ${value.length} bytes is too large`, {
    where,
    remedy: `At most ${MAX_VALUE_BYTES} bytes fit; store it as an object and its name here.`,
  });
}

/** `revision` as compareAndSet and remove take it. */
export function checkRevision(revision: number, where: string): void {
  if (Number.isSafeInteger(revision) && revision >= 0) return;
  throw new MlipError('MLIP_E_INTERNAL', `${revision} is no revision`, { where });
}

function badName(kind: string, name: string, allowed: string): MlipError {
  const shown = name.length > 80 ? `${name.slice(0, 80)}…` : name;
  return new MlipError('MLIP_E_STORE_NAME', `${JSON.stringify(shown)} cannot be the name of ${kind}`, {
    remedy: `Use ${allowed}.`,
  });
}
