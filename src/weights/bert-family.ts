/** BERT as Hugging Face names it: its first layers are the text encoder, those after them the fusion encoder. */
import { MlipError } from '../core/errors.js';
import {
  countNumbered,
  otherArchitecture,
  requireSameSizes,
  sizeOf,
  type Conversion,
  type Family,
  type Shapes,
} from './family.js';

const TITLE = 'BERT';
const WORDS = 'embeddings.word_embeddings.weight';
const POSITIONS = 'embeddings.position_embeddings.weight';
const LAYER = /^encoder\.layer\.(\d+)\./;
/** Kept by some versions of transformers; no weights. */
const BUFFERS = /^embeddings\.(position_ids|token_type_ids)$/;

export const bertFamily: Family = {
  title: TITLE,
  part: 'text',
  anchor: WORDS,
  sizes: (shapes) => ({ ...widths(shapes), layers: layersOf(shapes) }),
  check(found, wanted, where) {
    requireSameSizes(TITLE, widths(found), widths(wanted), where);
    requireLayers(layersOf(found), layersOf(wanted), where);
    requireVocabulary(sizeOf(found, WORDS, 0), sizeOf(wanted, WORDS, 0), where);
    requirePositions(sizeOf(found, POSITIONS, 0), sizeOf(wanted, POSITIONS, 0), where);
  },
  target,
  isEssential: (name, wanted) => {
    const layer = LAYER.exec(name)?.[1];
    if (layer !== undefined) return Number(layer) < layersOf(wanted);
    return name.startsWith('embeddings') && !BUFFERS.test(name);
  },
  conversion: (name, from, to) => (name === POSITIONS ? cut(from, to) : undefined),
};

function widths(shapes: Shapes) {
  return {
    width: sizeOf(shapes, WORDS, 1),
    'MLP width': sizeOf(shapes, 'encoder.layer.0.intermediate.dense.weight', 0),
  };
}

const layersOf = (shapes: Shapes): number => countNumbered(shapes, 'encoder.layer');

/** Checkpoints that were converted from TensorFlow call a norm's weight gamma and its bias beta. */
function target(name: string, wanted: Shapes): string {
  const current = name.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
  const layer = Number(LAYER.exec(current)?.[1] ?? -1);
  const own = layersOf(wanted);
  if (layer < own) return `text.${current}`;
  return current.replace(LAYER, `fusion.encoder.layer.${layer - own}.`);
}

function requireLayers(found: number, wanted: number, where: string): void {
  if (found >= wanted) return;
  throw otherArchitecture(`a ${TITLE} of ${found} layers; the text encoder of the model has ${wanted}`, where);
}

function requireVocabulary(found: number, wanted: number, where: string): void {
  if (found === wanted) return;
  throw new MlipError('MLIP_E_WEIGHTS_VOCABULARY', `weights for ${found} pieces; data.vocabulary has ${wanted}`, {
    where,
    remedy: `Set data.vocabulary to the vocab.txt of ${found} lines that came with these weights.`,
  });
}

function requirePositions(found: number, wanted: number, where: string): void {
  if (found >= wanted) return;
  const remedy = `Set model.text.maxPositions to ${found} or less.`;
  throw otherArchitecture(`${found} positions; model.text.maxPositions is ${wanted}`, where, remedy);
}

/** The first rows of the position table. */
function cut([rows, width]: readonly number[], to: readonly number[]): Conversion | undefined {
  if (width !== to[1] || rows < to[0]) return undefined;
  return {
    what: `the first ${to[0]} of ${rows} positions`,
    apply: ({ data }) => ({ shape: [...to], data: data.slice(0, to[0] * width) }),
  };
}
