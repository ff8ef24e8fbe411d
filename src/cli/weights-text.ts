/** The answers of `mlip weights ...` for people. */
import type { ExportReport } from '../weights/export-weights.js';
import type { ImportReport, SourceReport } from '../weights/import-weights.js';
import type { EncoderReport, InspectReport } from '../weights/inspect.js';
import { foldNumbers } from './fold-numbers.js';

export function describeImport({ out, imported, missing, sources, recipe }: ImportReport): string {
  return [
    ...sources.flatMap(describeSource),
    `${out}: ${imported.length} of ${imported.length + missing.length} tensors of ${recipe}`,
    ...list('not in any source, so they start as without initial weights', missing),
    `Start from it with --set initialWeights=${out}`,
  ].join('\n');
}

function describeSource({ path, family, prefix, tensors, converted, unused }: SourceReport): string[] {
  return [
    `${path}: ${tensors} tensors of a ${family}${prefix === '' ? '' : ` under ${prefix}`}`,
    ...converted.map(({ name, what }) => `  ${name}: ${what}`),
    ...list('unused', unused),
  ];
}

export function describeExport({ out, files, tensors, leftOut, usage }: ExportReport): string {
  return [
    `${out}: ${files.join(', ')} (${tensors} tensors)`,
    ...list('left out', leftOut),
    'Load it with',
    ...usage.map((line) => `    ${line}`),
  ].join('\n');
}

export function describeWeights({ path, encoders, parameters, types, metadata, tensors }: InspectReport): string {
  const counts = Object.entries(types).map(([type, count]) => `${count} ${type}`);
  const lines = tensors.map(({ name, shape, type }) => `${name}  ${type} [${shape.join(', ')}]`);
  return [
    `${path}: ${parameters} numbers in ${tensors.length} tensors (${counts.join(', ')})`,
    ...(encoders.length === 0 ? ['  no encoder that mlip knows'] : encoders.map(encoderLine)),
    ...Object.entries(metadata).map(([name, text]) => `  ${name}: ${text}`),
    ...foldNumbers(lines).map((line) => `  ${line}`),
  ].join('\n');
}

function encoderLine({ family, prefix, sizes }: EncoderReport): string {
  const described = Object.entries(sizes).map(([name, size]) => `${name} ${size}`);
  return `  ${family}${prefix === '' ? '' : ` under ${prefix}`}: ${described.join(', ')}`;
}

function list(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [`  ${what} (${names.length}):`, ...foldNumbers(names).map((name) => `    ${name}`)];
}
