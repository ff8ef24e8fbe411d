/** The files of the page, each by its name: no name leads anywhere else. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { packageRoot } from '../core/package-root.js';
import type { Reply } from './reply.js';

const FOLDER = join(packageRoot, 'src', 'dashboard', 'page');

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Path of each file by the path under which it is asked for. */
export type PageFiles = ReadonlyMap<string, string>;

export function pageFiles(): PageFiles {
  const { resolve } = createRequire(import.meta.url);
  const own = readdirSync(FOLDER).filter((name) => extname(name) in TYPES);
  return new Map([
    ...own.map((name): [string, string] => [name === 'index.html' ? '/' : `/${name}`, join(FOLDER, name)]),
    ['/uplot.js', resolve('uplot/dist/uPlot.esm.js')],
    ['/uplot.css', resolve('uplot/dist/uPlot.min.css')],
  ]);
}

/** Undefined where the page has no such file. The browser may keep it, and asks whether it is still the same. */
export async function pageFile(files: PageFiles, path: string): Promise<Reply | undefined> {
  const file = files.get(path);
  return file === undefined ? undefined : { status: 200, type: TYPES[extname(file)], body: await readFile(file) };
}
