/** Finds a Python that has the libraries with which mlip exchanges weights. Nothing is installed for it. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../../src/engine/library-paths.js';

/**
 * The first interpreter that has all of `packages`: MLIP_PYTHON, those of the benchmarks, or the one on the PATH.
 * Undefined where none has.
 */
export function pythonWith(packages: readonly string[]): string | undefined {
  const found = packages.map((name) => `importlib.util.find_spec(${JSON.stringify(name)}) is not None`);
  const program = `import importlib.util, sys; sys.exit(not (${found.join(' and ')}))`;
  return candidates().find((python) => spawnSync(python, ['-c', program]).status === 0);
}

function candidates(): string[] {
  const { MLIP_PYTHON: chosen } = process.env;
  if (chosen !== undefined) return [chosen];
  const cache = cacheDirectory();
  const folders = existsSync(cache) ? readdirSync(cache) : [];
  const environments = folders.filter((name) => /^bench-venv-[0-9a-f]+$/.test(name));
  return [...environments.map((name) => join(cache, name, 'bin', 'python')), 'python3'];
}
