// The imports of the TypeScript sources, as a graph of files and packages.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../../src/core/package-root.js';

export interface Import {
  from: string;
  /** A file relative to the package, with forward slashes; or a package as it is written, e.g. `node:fs`. */
  to: string;
  /** `import type` and `export type` load nothing at run time. */
  typeOnly: boolean;
  /** `import('...')`, loaded only when it is reached. */
  dynamic: boolean;
}

/** All imports of the .ts files under a directory of the package. */
export function readImports(directory: string): Import[] {
  return sourceFiles(directory).flatMap((file) => importsOf(file, readFileSync(join(packageRoot, file), 'utf8')));
}

export function sourceFiles(directory: string): string[] {
  const inside = readdirSync(join(packageRoot, directory), { recursive: true, encoding: 'utf8' });
  const files = inside.filter((file) => file.endsWith('.ts'));
  return files.map((file) => `${directory}/${file.replaceAll('\\', '/')}`).sort();
}

/** The imports of one file, given its text. */
export function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const target = targetOf(node);
    if (target !== undefined) found.push({ from: file, to: resolve(file, target.name), ...target.kind });
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return found;
}

function targetOf(node: ts.Node): { name: string; kind: Pick<Import, 'typeOnly' | 'dynamic'> } | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return { name: node.moduleSpecifier.text, kind: { typeOnly, dynamic: false } };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { name: node.moduleSpecifier.text, kind: { typeOnly: node.isTypeOnly, dynamic: false } };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { name: node.argument.literal.text, kind: { typeOnly: true, dynamic: false } };
  }
  const dynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  if (!dynamic || node.arguments.length === 0 || !ts.isStringLiteral(node.arguments[0])) return undefined;
  return { name: node.arguments[0].text, kind: { typeOnly: false, dynamic: true } };
}

function resolve(file: string, name: string): string {
  if (!name.startsWith('.')) return name;
  return normalize(join(dirname(file), name))
    .replaceAll('\\', '/')
    .replace(/\.js$/, '.ts');
}

/** What loads when `start` is loaded, itself included, with the chain of imports that leads to each. */
export function reachable(imports: readonly Import[], start: readonly string[]): Map<string, string[]> {
  const chains = new Map(start.map((file) => [file, [file]]));
  const queue = [...start];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const { to } of imports.filter(({ from }) => from === file)) {
      if (chains.has(to)) continue;
      chains.set(to, [...chains.get(file)!, to]);
      queue.push(to);
    }
  }
  return chains;
}

/** A cycle as the list of its files, the first one again at the end; undefined where there is none. */
export function findCycle(imports: readonly Import[]): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const { to } of imports.filter(({ from }) => from === file)) {
      const cycle = visit(to);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const { from } of imports) {
    const cycle = visit(from);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
