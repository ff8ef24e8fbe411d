/** The configuration of the benchmark's step: the sizes of cases.json, nothing dropped out, the losses of some parts. */
import { resolveConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import type { Part } from './shares.js';
import { readCases } from './side.js';

/** BertModel's default, which the weights come from. */
const POSITIONS = 512;

export function methodConfig(parts: readonly Part[]): Config {
  const set = [...sizes(), ...losses(parts)];
  return resolveConfig({ recipeOrFile: 'clip-nano', set }).config;
}

function sizes(): string[] {
  const { vision, text, fusion, divergence, ...c } = readCases().method;
  return [
    ...[`batchSize=${c.batch}`, `microBatchSize=${c.batch}`, `data.maxPieces=${text.pieces}`],
    ...[`data.resize=${vision.imageSize}`, ...ofLayers('model.vision', vision), `model.vision.width=${vision.width}`],
    ...[`model.vision.imageSize=${vision.imageSize}`, `model.vision.patchSize=${vision.patchSize}`],
    ...[...ofLayers('model.text', text), `model.text.width=${text.width}`, `model.text.maxPositions=${POSITIONS}`],
    ...[
      ...ofLayers('model.fusion', fusion),
      `model.divergence.heads=${divergence.heads}`,
      'model.divergence.dropout=0',
    ],
    ...[`model.headWidth=${c.headWidth}`, `model.embeddingWidth=${c.embeddingWidth}`],
    ...[`loss.prototypes.count=${c.prototypes}`, `loss.prototypes.queue=${c.queue}`, 'loss.prototypes.frozenEpochs=0'],
    ...[`knowledge.width=${c.conceptWidth}`, `knowledge.maxLinks=${c.links}`, 'loss.falseNegatives=mask'],
    ...[`optimizer.learningRate=${c.learningRate}`, `optimizer.clipNorm=${c.clipNorm}`],
  ];
}

function ofLayers(section: string, sizes: { layers: number; heads: number; mlpWidth: number }): string[] {
  const { layers, heads, mlpWidth } = sizes;
  return [
    ...[`${section}.layers=${layers}`, `${section}.heads=${heads}`, `${section}.mlpWidth=${mlpWidth}`],
    `${section}.dropout=0`,
  ];
}

/** The encoders alone still have the global loss, since a configuration without any is refused. */
function losses(parts: readonly Part[]): string[] {
  const weight = (part: Part): number => Number(parts.includes(part));
  return [
    ...['loss.global.weight=1', `loss.divergence.enabled=${parts.includes('divergence')}`],
    ...[`loss.local.weight=${weight('local')}`, `knowledge.enabled=${parts.includes('knowledge')}`],
    ...[`loss.prototypes.weight=${weight('prototypes')}`, `loss.itm.weight=${weight('itm')}`],
    `loss.ts.weight=${weight('ts')}`,
  ];
}
