// Who may import whom: folders stand in levels, imports go down, and the coordinator never reaches TensorFlow.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.js';
import { findCycle, importsOf, reachable, readImports, sourceFiles, type Import } from './source-graph.js';

/** Folders of src from the bottom to the top. A folder may import those on lower levels, not its neighbours. */
const LEVELS = [
  ['core'],
  ['security'],
  ['config', 'rpc', 'bus', 'metrics', 'tracing', 'safetensors'],
  ['engine'],
  ['data', 'encoders', 'losses', 'knowledge', 'collectives', 'optim', 'checkpoint'],
  ['coordinator', 'worker', 'evaluation', 'weights'],
  ['dashboard'],
  ['cli'],
];

const TENSORFLOW = /^(@tensorflow\/|koffi$)|^src\/engine\//;
const folderOf = (file: string): string => file.split('/')[1];
const levelOf = (file: string): number => LEVELS.findIndex((level) => level.includes(folderOf(file)));
const isOwn = (target: string): boolean => target.startsWith('src/');

const imports = readImports('src');
const loading = imports.filter(({ typeOnly }) => !typeOnly);

function breaksDirection({ from, to }: Import): boolean {
  if (to.startsWith('bench/') || to.startsWith('test/')) return true;
  return isOwn(to) && folderOf(from) !== folderOf(to) && levelOf(to) >= levelOf(from);
}

/** Chains by which loading the files ends up in TensorFlow. */
function waysToTensorFlow(graph: readonly Import[], start: readonly string[]): string[] {
  const chains = [...reachable(graph, start)].filter(([target]) => TENSORFLOW.test(target));
  return chains.map(([, chain]) => chain.join(' -> '));
}

describe('the folders of src', () => {
  it('stand in a level each', () => {
    const files = sourceFiles('src');
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => levelOf(file) < 0)).toEqual([]);
  });

  it('import only from lower levels', () => {
    expect(imports.filter(breaksDirection).map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('import files that exist', () => {
    const files = new Set(sourceFiles('src'));
    const missing = imports.filter(({ to }) => isOwn(to) && !files.has(to));
    expect(missing.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('have no import cycles, types included', () => {
    expect(findCycle(imports.filter(({ to }) => isOwn(to)))).toBeUndefined();
  });
});

describe('TensorFlow', () => {
  it('is reached from the worker, so the chains below are found where there are any', () => {
    expect(waysToTensorFlow(loading, sourceFiles('src/worker'))).not.toEqual([]);
  });

  it.each([
    'coordinator',
    'dashboard',
    'security',
    'rpc',
    'bus',
    'metrics',
    'tracing',
    'config',
    'data',
    'knowledge',
    'collectives',
    'checkpoint',
  ])('is never reached from %s', (folder) => {
    const files = sourceFiles(`src/${folder}`);
    expect(files).not.toEqual([]);
    expect(waysToTensorFlow(loading, files)).toEqual([]);
  });

  it('is not loaded by the command line before a command needs it', () => {
    const atStart = loading.filter(({ dynamic }) => !dynamic);
    expect(sourceFiles('src/cli')).toContain('src/cli/main.ts');
    expect(waysToTensorFlow(atStart, ['src/cli/main.ts'])).toEqual([]);
  });
});

it('OpenTelemetry is loaded where steps are traced, and only once they are', () => {
  const isOpenTelemetry = (target: string): boolean => target.startsWith('@opentelemetry/');
  expect(loading.filter(({ to }) => isOpenTelemetry(to)).length).toBeGreaterThan(0);
  const atStart = loading.filter(({ dynamic }) => !dynamic);
  const everywhere = sourceFiles('src').filter((file) => !file.startsWith('src/tracing/'));
  expect([...reachable(atStart, everywhere)].filter(([target]) => isOpenTelemetry(target))).toEqual([]);
});

it('no folder is a drawer for anything', () => {
  const folders = ['src', 'bench', 'test', 'scripts'].flatMap((top) => {
    const inside = readdirSync(join(packageRoot, top), { recursive: true, withFileTypes: true });
    return inside.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  });
  expect(folders).toContain('core');
  expect(folders.filter((name) => /^(utils?|helpers?|misc|common|shared)$/i.test(name))).toEqual([]);
});

describe('the reading of imports', () => {
  const read = (text: string): Import[] => importsOf('src/a/b.ts', text);

  it('finds every kind of import', () => {
    const text = `
      import x from './x.js';
      import './y.js';
      export { z } from '../z.js';
      const lazy = import('koffi');`;
    expect(read(text).map(({ to }) => to)).toEqual(['src/a/x.ts', 'src/a/y.ts', 'src/z.ts', 'koffi']);
    expect(read(text).map(({ dynamic }) => dynamic)).toEqual([false, false, false, true]);
  });

  it('takes as types only what is gone at run time', () => {
    const text = `
      import type { A } from './a.js';
      export type { B } from './b.js';
      let c: import('./c.js').C;
      import { type D } from './d.js';`;
    expect(read(text).map(({ typeOnly }) => typeOnly)).toEqual([true, true, true, false]);
  });

  it('sees a breach, a cycle and a chain', () => {
    const edge = (from: string, to: string): Import => ({ from, to, typeOnly: false, dynamic: false });
    const upwards = edge('src/core/a.ts', 'src/cli/b.ts');
    const sideways = edge('src/data/a.ts', 'src/optim/b.ts');
    expect([upwards, sideways, edge('src/cli/b.ts', 'src/core/a.ts')].filter(breaksDirection)).toEqual([
      upwards,
      sideways,
    ]);
    expect(findCycle([edge('a', 'b'), edge('b', 'c'), edge('c', 'a')])).toEqual(['a', 'b', 'c', 'a']);
    const chain = [edge('src/coordinator/a.ts', 'src/optim/b.ts'), edge('src/optim/b.ts', 'koffi')];
    expect(waysToTensorFlow(chain, ['src/coordinator/a.ts'])).toEqual([
      'src/coordinator/a.ts -> src/optim/b.ts -> koffi',
    ]);
  });
});
