/** Where TensorFlow's libraries are: where MLIP_LIBTENSORFLOW points, or in the per-user cache. */
import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { MlipError } from '../core/errors.js';
import { wheelSetId } from './provision/wheels.js';

export interface LibraryPaths {
  framework: string;
  library: string;
}

/** `$MLIP_CACHE_DIR`, else `$XDG_CACHE_HOME/mlip`, else `~/.cache/mlip`. */
export function cacheDirectory(): string {
  return process.env['MLIP_CACHE_DIR'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mlip');
}

/** The libraries in a directory, which may not exist. */
export function pathsIn(directory: string): LibraryPaths {
  return {
    framework: join(directory, 'libtensorflow_framework.so.2'),
    library: join(directory, 'libtensorflow_cc.so.2'),
  };
}

export function isComplete({ framework, library }: LibraryPaths): boolean {
  return existsSync(framework) && existsSync(library);
}

/** The libraries that MLIP_LIBTENSORFLOW names, else those in the cache (CUDA's first); undefined where there are none. */
export function findLibrary(): LibraryPaths | undefined {
  const named = process.env['MLIP_LIBTENSORFLOW'];
  if (named !== undefined && named !== '') return pointedAt(named);
  const engines = join(cacheDirectory(), 'engine');
  const ids = [wheelSetId(true), wheelSetId(false)];
  return ids.map((id) => pathsIn(join(engines, id, 'tensorflow'))).find(isComplete);
}

function pointedAt(path: string): LibraryPaths {
  const directory = existsSync(path) && statSync(path).isFile() ? dirname(path) : path;
  const paths = pathsIn(directory);
  if (isComplete(paths)) return paths;
  throw new MlipError('MLIP_E_ENGINE_MISSING', 'MLIP_LIBTENSORFLOW names no TensorFlow library', {
    where: path,
    remedy: 'Let it name a directory with libtensorflow_cc.so.2 and libtensorflow_framework.so.2, or unset it.',
  });
}
