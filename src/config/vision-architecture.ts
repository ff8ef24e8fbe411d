/** Which keys of model.vision an architecture needs, and which it has no use for. */
import type { z } from 'zod';

interface VisionKeys {
  architecture: 'vit' | 'resnet';
  inputSize: number;
  patchSize: number;
  layers: number;
  stages: readonly number[];
  heads: number;
  mlpWidth: number;
  dropout: number;
}

const RESNET_STAGES = 4;

/**
 * What is refused: keys that are missing, and keys of the other architecture that somebody must have set on purpose. A
 * resnet says nothing of a ViT's sizes, since a recipe with a ViT brings them along.
 */
export function refuseOtherArchitecture(vision: VisionKeys, context: z.core.$RefinementCtx<VisionKeys>): void {
  const refuse = (key: keyof VisionKeys, message: string): void =>
    context.addIssue({ code: 'custom', path: [key], message, input: vision });
  if (vision.architecture === 'vit') refuseForVit(vision, refuse);
  else refuseForResnet(vision, refuse);
}

type Refuse = (key: keyof VisionKeys, message: string) => void;

function refuseForVit(vision: VisionKeys, refuse: Refuse): void {
  for (const key of ['patchSize', 'layers', 'heads', 'mlpWidth'] as const) {
    if (vision[key] === 0) refuse(key, 'must be above 0 where model.vision.architecture is vit');
  }
  if (vision.stages.length > 0) refuse('stages', 'must be [] where model.vision.architecture is vit, not resnet');
  if (vision.inputSize > 0) refuse('inputSize', 'must be 0 where model.vision.architecture is vit, not resnet');
}

function refuseForResnet(vision: VisionKeys, refuse: Refuse): void {
  if (vision.stages.length !== RESNET_STAGES) {
    refuse(
      'stages',
      `must have ${RESNET_STAGES} numbers, e.g. [3, 4, 6, 3], where model.vision.architecture is resnet`,
    );
  }
  if (vision.dropout > 0) refuse('dropout', 'must be 0 where model.vision.architecture is resnet, which has none');
}
