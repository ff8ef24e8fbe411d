/** Everything that a model's file holds: what is trained, then the running statistics. What is not in use is not there. */
import { hasFusion, hasLocalEmbeddings, partsOf } from '../config/parts.js';
import type { Config } from '../config/schema.js';
import { bertLayout } from './bert.js';
import { conceptProjectionLayout } from './concept-projection.js';
import { divergenceLayout } from './divergence-encoder.js';
import { fusionLayout } from './fusion.js';
import { headLayout, headStateLayout } from './head.js';
import { imageEncoderLayout, imageEncoderStateLayout } from './image-encoder.js';
import { prefixed, type Layout } from './layout.js';
import { matchingLayout, swappingLayout } from './proxy-heads.js';
import { prototypesLayout } from './prototypes-layout.js';
import { visionShape } from './vision-shape.js';

/** What shapes depend on. */
export type ModelConfig = Pick<Config, 'model' | 'loss' | 'knowledge'>;

/** All parameters that are trained. */
export function parametersLayout(config: ModelConfig, vocabularySize: number): Layout {
  return [...encodersLayout(config, vocabularySize), ...methodLayout(config)];
}

/** Both encoders with their global heads: what a model has whatever the losses. */
function encodersLayout({ model }: ModelConfig, vocabularySize: number): Layout {
  const { vision, text, headWidth, embeddingWidth } = model;
  return [
    ...prefixed('vision.', imageEncoderLayout(vision)),
    ...prefixed('text.', bertLayout(text, vocabularySize)),
    ...prefixed('head.vision.', headLayout(visionShape(vision).globalWidth, headWidth, embeddingWidth)),
    ...prefixed('head.text.', headLayout(text.width, headWidth, embeddingWidth)),
  ];
}

function methodLayout(config: ModelConfig): Layout {
  const { model, loss, knowledge } = config;
  const { vision, text, headWidth, embeddingWidth, fusion } = model;
  const { localWidth } = visionShape(vision);
  const parts = partsOf(config);
  const local = [
    ...prefixed('local_head.vision.', headLayout(localWidth, headWidth, embeddingWidth)),
    ...prefixed('local_head.text.', headLayout(text.width, headWidth, embeddingWidth)),
  ];
  const divergence = [
    ...prefixed('divergence.vision.', divergenceLayout(embeddingWidth)),
    ...prefixed('divergence.text.', divergenceLayout(embeddingWidth)),
  ];
  return [
    ...(hasLocalEmbeddings(parts) ? local : []),
    ...(parts.divergence ? divergence : []),
    ...(parts.knowledge ? prefixed('knowledge.', conceptProjectionLayout(knowledge.width, embeddingWidth)) : []),
    ...(hasFusion(parts) ? prefixed('fusion.', fusionLayout(fusion, text.width, localWidth)) : []),
    ...(parts.itm ? prefixed('itm_head.', matchingLayout(text.width)) : []),
    ...(parts.ts ? prefixed('swap_head.', swappingLayout(text.width)) : []),
    ...(parts.prototypes ? prefixed('prototypes.', prototypesLayout(loss.prototypes.count, embeddingWidth)) : []),
  ];
}

/** The running statistics: saved with the parameters, never differentiated. */
export function statisticsLayout(config: ModelConfig): Layout {
  const { vision, headWidth, embeddingWidth } = config.model;
  const state = headStateLayout(headWidth, embeddingWidth);
  const local = [...prefixed('local_head.vision.', state), ...prefixed('local_head.text.', state)];
  return [
    ...prefixed('vision.', imageEncoderStateLayout(vision)),
    ...prefixed('head.vision.', state),
    ...prefixed('head.text.', state),
    ...(hasLocalEmbeddings(partsOf(config)) ? local : []),
  ];
}

/** Parameters, then running statistics. */
export function modelLayout(config: ModelConfig, vocabularySize: number): Layout {
  return [...parametersLayout(config, vocabularySize), ...statisticsLayout(config)];
}
