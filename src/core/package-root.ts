/** Finds the directory of mlip's own package.json, from the sources as well as from the compiled `dist`. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findPackageRoot(start: string): string {
  let directory = start;
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  return directory;
}

/** Absolute path of the installed package (the one that holds `recipes/` and `proto/`). */
export const packageRoot = findPackageRoot(dirname(fileURLToPath(import.meta.url)));
