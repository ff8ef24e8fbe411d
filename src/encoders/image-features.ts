/** What an image encoder hands to the heads and the losses, whichever its architecture. */
import type * as tf from '@tensorflow/tfjs-core';

/** P local positions, in rows from the top left; widths are visionShape's. */
export interface ImageFeatures {
  /** ViT: CLS after the last norm. ResNet: layer4, averaged over its positions. [m, global width] */
  global: tf.Tensor2D;
  /** ViT: patches after the last norm. ResNet: the map of layer3. [m, P, local width] */
  local: tf.Tensor3D;
  /**
   * ViT: attention of CLS to the patches in the last block, mean over the heads; rows sum to less than 1. ResNet: 1 / P.
   * [m, P]
   */
  patchWeights: tf.Tensor2D;
}
