/** What an export makes of a trained model for another library. */
import type { Config, VisionConfig } from '../config/schema.js';
import { MlipError } from '../core/errors.js';
import type { HostTensors } from '../core/host-tensor.js';
import { inputSide } from '../encoders/vision-shape.js';
import { familyOfModel } from './families.js';
import type { Family } from './family.js';
import { sizesOfResnet } from './resnet-family.js';

/** A checkpoint, as evaluation reads it. */
export interface ExportedModel {
  config: Config;
  /** Pieces by id. */
  vocabulary: readonly string[];
  /** Parameters and running statistics. */
  tensors: HostTensors;
}

export interface ExportedFiles {
  /** Contents of model.safetensors. */
  tensors: HostTensors;
  /** Texts beside it, by file name. */
  texts: Readonly<Record<string, string>>;
  /** Lines of Python that load the folder `out`. */
  usage: (out: string) => string[];
  /** Of model.safetensors, beside its format. */
  metadata?: Readonly<Record<string, string>>;
}

/** The tensors under a prefix, without it. */
export function tensorsUnder(tensors: HostTensors, prefix: string): HostTensors {
  return new Map(
    [...tensors]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}

/** Blocks of the four stages of an exported ResNet, and the width of a block in the first; 64 as published. */
export function resnetSizes(encoder: HostTensors): { stages: number[]; width: number } {
  const sizes = sizesOfResnet(new Map(Array.from(encoder, ([name, { shape }]) => [name, shape])));
  return { stages: sizes.blocks.split('-').map(Number), width: sizes['width of a block'] };
}

/** mlip itself resizes what a ResNet sees, where inputSize says so. */
export function resnetUsage(vision: VisionConfig): string {
  const side = inputSide(vision);
  const resized = side === vision.imageSize ? '' : ' (mlip resizes to that bilinearly, corners aligned)';
  return `features = encoder(images)  # [n, 2048]; images of ${side} x ${side}${resized} as (x / 255 - 0.5) / 0.5`;
}

/** What the image encoder of a model is. */
export function imageFamily(tensors: HostTensors): Family {
  return familyOfModel(new Map(Array.from(tensors, ([name, { shape }]) => [name, shape])), 'vision');
}

export function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** What images are normalised with before they enter an encoder: (x / 255 - 0.5) / 0.5, in three equal channels. */
export const NORMALISATION = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;

export function wrongEncoder(to: string, has: string, other: string): MlipError {
  return new MlipError('MLIP_E_WEIGHTS_ARCHITECTURE', `the image encoder is a ${has}, which ${to} has no place for`, {
    where: `--to ${to}`,
    remedy: `Export it with --to ${other}.`,
  });
}
