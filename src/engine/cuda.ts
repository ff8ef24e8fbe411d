/** NVIDIA's libraries out of the wheels beside TensorFlow's: it looks for them by name, so they are loaded before it. */
import koffi from 'koffi';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LibraryPaths } from './library-paths.js';

/** Loads every CUDA library of the installation, if it has any, and tells XLA where its device code is. */
export function preloadCuda({ library }: LibraryPaths): void {
  const nvidia = join(dirname(dirname(library)), 'nvidia');
  if (!existsSync(nvidia)) return;
  process.env['XLA_FLAGS'] ??= `--xla_gpu_cuda_data_dir=${join(nvidia, 'cuda_nvcc')}`;
  let waiting = cudaLibraries(nvidia);
  // A library may need one that comes later in the list: go round as long as that helps.
  for (let before = Infinity; waiting.length > 0 && waiting.length < before;) {
    before = waiting.length;
    waiting = waiting.filter((path) => !canLoad(path));
  }
}

function cudaLibraries(nvidia: string): string[] {
  return readdirSync(nvidia)
    .map((name) => join(nvidia, name, 'lib'))
    .filter((directory) => existsSync(directory))
    .flatMap((directory) => readdirSync(directory).map((name) => join(directory, name)))
    .filter((path) => /\.so(\.\d+)*$/.test(path));
}

function canLoad(path: string): boolean {
  try {
    koffi.load(path, { global: true });
    return true;
  } catch {
    return false;
  }
}
