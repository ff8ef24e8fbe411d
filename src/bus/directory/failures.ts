/** What the file system says, as errors of the store. */
import { MlipError, messageOf, type ErrorCode } from '../../core/errors.js';

const KNOWN: Readonly<Record<string, { code: ErrorCode; message: string; remedy: string }>> = {
  ...same(['ENOSPC', 'EDQUOT', 'EFBIG'], {
    code: 'MLIP_E_STORE_FULL',
    message: 'there is no room left for the store',
    remedy: 'Free some space, or raise the quota; nothing was lost.',
  }),
  ...same(['EACCES', 'EPERM', 'EROFS'], {
    code: 'MLIP_E_STORE_AUTH',
    message: 'this user may not write to the store',
    remedy:
      'Give this user the right to write there, on a file system that has hard links, or choose another directory.',
  }),
  ...same(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'], {
    code: 'MLIP_E_STORE_UNSUPPORTED',
    message: 'the file system of the store cannot make hard links there',
    remedy: 'Choose a directory on another file system.',
  }),
};

function same<T>(names: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

export function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}

/** There is no directory any more in which a file could get its name. */
export function isForgotten(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT' && (error as NodeJS.ErrnoException).syscall === 'link';
}

/** Runs an operation on the files of a store; what fails there is an MlipError. */
export async function reporting<T>(where: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw storeError(where, error);
  }
}

export function storeError(where: string, cause: unknown): MlipError {
  if (cause instanceof MlipError) return cause;
  const { code, message, remedy } = KNOWN[errnoOf(cause) ?? ''] ?? {
    code: 'MLIP_E_STORE_UNREACHABLE',
    message: `the directory of the store cannot be used: ${messageOf(cause)}`,
    remedy: 'Check the path and the file system.',
  };
  return new MlipError(code, message, { where, remedy, cause });
}
