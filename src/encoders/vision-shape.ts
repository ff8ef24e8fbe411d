/** Sizes of what an image encoder makes, from its configuration alone. No tfjs in here. */
import type { VisionConfig } from '../config/schema.js';

export interface VisionShape {
  /** Width of the global feature. */
  globalWidth: number;
  /** Width of a local feature. */
  localWidth: number;
  /** P, local positions of an image. */
  positions: number;
}

/** Channels of an image: a grey one stands for three equal ones. */
export const CHANNELS = 3;
/** Width of ResNet's first convolution and of the bottlenecks of ResNet-50's first stage. */
export const STEM_WIDTH = 64;
/** A bottleneck block of ResNet-50 returns four times its inner width. */
const EXPANSION = 4;
/** The stage whose map is the local features. */
export const LOCAL_STAGE = 2;
/** Halvings of the side: stem convolution, max-pooling, and the stages after the first up to LOCAL_STAGE. */
const LOCAL_HALVINGS = 2 + LOCAL_STAGE;

export function visionShape(config: VisionConfig): VisionShape {
  const { architecture, imageSize, patchSize, width, stages } = config;
  if (architecture === 'vit') return { globalWidth: width, localWidth: width, positions: (imageSize / patchSize) ** 2 };
  return {
    globalWidth: stageOutputWidth(stages.length - 1),
    localWidth: stageOutputWidth(LOCAL_STAGE),
    positions: resnetMapSide(config) ** 2,
  };
}

/** Side of the images that reach the first layer. */
export function inputSide({ imageSize, inputSize }: VisionConfig): number {
  return inputSize === 0 ? imageSize : inputSize;
}

/** Side of layer3's map: every halving pads a kernel of 2p + 1 by p, so it takes s to (s - 1) / 2 + 1, rounded down. */
function resnetMapSide(config: VisionConfig): number {
  const halve = (side: number): number => Math.floor((side - 1) / 2) + 1;
  return Array.from({ length: LOCAL_HALVINGS }).reduce<number>(halve, inputSide(config));
}

/** Width that a stage (from 0) returns, whatever the width of its bottlenecks: torchvision's `planes * expansion`. */
export function stageOutputWidth(stage: number): number {
  return EXPANSION * STEM_WIDTH * 2 ** stage;
}

/** Width of a stage's 3x3 convolutions: torchvision's `planes * width_per_group / 64`. */
export function bottleneckWidth(stage: number, { width }: VisionConfig): number {
  return width * 2 ** stage;
}
