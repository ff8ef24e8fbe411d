/** What can be wrong with an object, in the same words for every store. */
import { MlipError } from '../core/errors.js';

export function missingObject(name: string, where: string): MlipError {
  return new MlipError('MLIP_E_STORE_MISSING', `there is no object ${name}`, { where });
}

export function corruptObject(name: string, where: string, cause?: unknown): MlipError {
  return new MlipError('MLIP_E_STORE_CORRUPT', `the object ${name} is not as it was put`, {
    where,
    remedy: 'Put it again; check the disk.',
    cause,
  });
}

export function replacedObject(name: string, where: string): MlipError {
  return new MlipError('MLIP_E_STORE_FAILED', `the object ${name} was replaced or removed while it was read`, {
    where,
    remedy: 'Read it again.',
  });
}
