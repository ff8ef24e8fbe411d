/** Names that come from other processes never lead out of the directory that they belong in. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { MlipError } from '../core/errors.js';

/** Whether a path, absolute or below `root`, stays below it. Names are judged, links are not followed. */
export function isInside(root: string, path: string): boolean {
  if (path === '' || path.includes('\0')) return false;
  const way = relative(resolve(root), resolve(root, path));
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** @throws MLIP_E_PATH_OUTSIDE */
export function requireInside(root: string, path: string): void {
  if (isInside(root, path)) return;
  throw new MlipError('MLIP_E_PATH_OUTSIDE', 'a path leads out of the output directory', {
    where: root,
    remedy: 'Workers write below the output directory of the run.',
  });
}
