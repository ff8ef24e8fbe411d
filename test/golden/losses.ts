/** The losses of the golden cases: how their names and inputs map to mlip's functions. */
import * as tf from '@tensorflow/tfjs-core';
import { clipWeights } from '../../src/losses/clip-weights.js';
import { divergence } from '../../src/losses/divergence.js';
import { globalContrast } from '../../src/losses/global-contrast.js';
import { globalLoss } from '../../src/losses/global-loss.js';
import { hardNegativeWeights } from '../../src/losses/hard-negatives.js';
import { knowledgeAlignment } from '../../src/losses/knowledge-alignment.js';
import { knowledgeView } from '../../src/losses/knowledge-view.js';
import { localAlignment } from '../../src/losses/local-alignment.js';
import { matchingLoss } from '../../src/losses/matching.js';
import { prototypeLoss } from '../../src/losses/prototypes.js';
import { sinkhorn } from '../../src/losses/sinkhorn.js';
import { swappingLoss } from '../../src/losses/swapping.js';

type Inputs = tf.NamedTensorMap;
type Options = Record<string, number>;
type Loss = (inputs: Inputs, options: Options) => tf.Scalar;

/** method.md's values, which the golden files leave at their defaults. */
const TAU = { global: 0.07, local: 0.1, prototypes: 0.2 };
const SINKHORN = { epsilon: 0.05, iterations: 3 };
const DIVERGENCE = { divergenceWeight: 0.1, margin: 0.5 };

export const LOSSES: Record<string, Loss> = {
  divergence: ({ v, v_hat: vHat }) => divergence(v as tf.Tensor2D, vHat as tf.Tensor2D, DIVERGENCE.margin),
  global_contrast: contrast,
  global_contrast_masked: contrast,
  global_loss: ({ v, t, v_hat: vHat, t_hat: tHat }) => {
    const embeddings = { v, t, vHat, tHat } as Record<'v' | 't' | 'vHat' | 'tHat', tf.Tensor2D>;
    return globalLoss(embeddings, { temperature: TAU.global, ...DIVERGENCE }).loss;
  },
  knowledge_alignment: knowledge,
  local_alignment: local,
  matching_loss: ({ logits }, { batch }) => matchingLoss(logits as tf.Tensor2D, batch),
  prototype_loss_2: ({ v, t, prototypes }) => categories([v, t], prototypes),
  prototype_loss_3: ({ v, t, z, prototypes }) => categories([v, t, z], prototypes),
  swapping_loss: ({ logits, swapped }, { batch }) => swappingLoss(logits as tf.Tensor1D, swapped as tf.Tensor1D, batch),
};

/** Those that return a tensor, whose gradients the golden files do not have. */
export const TENSORS: Record<string, (inputs: Inputs) => tf.Tensor> = {
  clip_weights: ({ a, mask }) => clipWeights(a as tf.Tensor2D, float(mask)),
  hard_negative_weights: ({ v, t, same }) => {
    const weights = hardNegativeWeights(v as tf.Tensor2D, t as tf.Tensor2D, float(same), TAU.global);
    return tf.stack([weights.imageToText, weights.textToImage]);
  },
  knowledge_view: ({ t, k_mean: mean, has_knowledge: has }) =>
    knowledgeView(t as tf.Tensor2D, mean as tf.Tensor2D, has),
  sinkhorn: ({ scores }) => sinkhorn(scores as tf.Tensor2D, SINKHORN),
};

const float = (x: tf.Tensor): tf.Tensor2D => tf.cast(x as tf.Tensor2D, 'float32');

function contrast({ v, t, same }: Inputs): tf.Scalar {
  return globalContrast(v as tf.Tensor2D, t as tf.Tensor2D, { temperature: TAU.global, same: same as tf.Tensor2D });
}

function categories(views: tf.Tensor[], prototypes: tf.Tensor): tf.Scalar {
  const options = { temperature: TAU.prototypes, ...SINKHORN };
  return prototypeLoss(views as tf.Tensor2D[], prototypes as tf.Tensor2D, options);
}

function local({ w, p, ...inputs }: Inputs, { batch }: Options): tf.Scalar {
  const features = {
    words: w as tf.Tensor3D,
    patches: p as tf.Tensor3D,
    wordMask: float(inputs['word_mask']),
    wordWeights: inputs['word_weights'] as tf.Tensor2D,
    patchWeights: inputs['patch_weights'] as tf.Tensor2D,
  };
  return localAlignment(features, { temperature: TAU.local, batchSize: batch });
}

/** Gives every row a slot for each of the n links of the file, and fills those of its own. */
function knowledge({ w, p, k, concept, owner, position }: Inputs, { batch }: Options): tf.Scalar {
  const rows = w.shape[0];
  const everyRow = (x: tf.Tensor): tf.Tensor => tf.tile(tf.expandDims(x, 0), [rows, ...x.shape.map(() => 1)]);
  const ownerOfSlot = everyRow(owner);
  const row = tf.reshape(tf.range(0, rows, 1, 'int32'), [rows, 1]);
  const features = {
    words: w as tf.Tensor3D,
    patches: p as tf.Tensor3D,
    concepts: everyRow(k) as tf.Tensor3D,
    conceptIds: everyRow(concept) as tf.Tensor2D,
    positions: everyRow(position) as tf.Tensor2D,
    linkMask: float(tf.equal(ownerOfSlot, row)),
  };
  return knowledgeAlignment(features, { temperature: TAU.local, batchSize: batch });
}
