// What the documents promise about the house itself.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.js';

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const documents = ['README.md', 'CONTRIBUTING.md'];

/** Scripts that a text tells its reader to run: `npm start`, `npm test`, `npm run bench -- step`. */
function scriptsNamed(text: string): string[] {
  return Array.from(text.matchAll(/\bnpm (?:run )?(?!ci\b|run\b|install\b)([a-z][\w:]*)/g), ([, name]) => name);
}

it('the README gives exactly two set-up commands', () => {
  const commands = read('README.md').match(/^ {4}npm ci && .+$/gm) ?? [];
  expect(commands.map((command) => command.trim().split(/\s{2,}/)[0])).toEqual([
    'npm ci && npm start',
    'npm ci && npm test',
  ]);
});

it.each(documents)('every npm script that %s names exists', (document) => {
  const named = scriptsNamed(read(document));
  expect(named).not.toEqual([]);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

it.each(documents)('every file that %s links to exists', (document) => {
  const links = Array.from(read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, path]) => path);
  expect(links).not.toEqual([]);
  expect(links.filter((path) => !existsSync(join(packageRoot, path)))).toEqual([]);
});

it('dependencies have exact versions', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+/.test(version),
  );
  expect(ranges).toEqual([]);
});
