/** The image encoder for timm: a folder that timm.create_model loads, as it loads models of the Hugging Face hub. */
import type { VisionConfig } from '../config/schema.js';
import type { HostTensors } from '../core/host-tensor.js';
import { inputSide } from '../encoders/vision-shape.js';
import {
  imageFamily,
  json,
  NORMALISATION,
  resnetSizes,
  resnetUsage,
  tensorsUnder,
  type ExportedFiles,
  type ExportedModel,
} from './exported.js';
import { vitFamily } from './vit-family.js';

/** timm's names of the usual sizes; the sizes themselves are given with them, so others load too. */
const NAMES: Record<number, string> = { 192: 'vit_tiny', 384: 'vit_small', 768: 'vit_base', 1024: 'vit_large' };

export function exportTimm({ config, tensors }: ExportedModel): ExportedFiles {
  const { vision } = config.model;
  const isVit = imageFamily(tensors) === vitFamily;
  const encoder = tensorsUnder(tensors, 'vision.');
  return {
    tensors: encoder,
    texts: { 'config.json': json(isVit ? vitConfig(vision) : resnetConfig(vision, encoder)) },
    usage: (out) => [
      'import timm',
      `encoder = timm.create_model('local-dir:${out}', pretrained=True).eval()`,
      isVit
        ? 'features = encoder.forward_features(images)  # [n, 1 + patches, width], CLS first; images as (x / 255 - 0.5) / 0.5'
        : resnetUsage(vision),
    ],
  };
}

function vitConfig({ imageSize, patchSize, width, layers, heads, mlpWidth }: VisionConfig): object {
  return {
    architecture: `${NAMES[width] ?? 'vit_base'}_patch16_224`,
    num_classes: 0,
    num_features: width,
    global_pool: 'token',
    model_args: {
      img_size: imageSize,
      patch_size: patchSize,
      embed_dim: width,
      depth: layers,
      num_heads: heads,
      mlp_ratio: mlpWidth / width,
    },
    pretrained_cfg: {
      ...pretrained(imageSize),
      fixed_input_size: true,
      first_conv: 'patch_embed.proj',
      classifier: 'head',
    },
  };
}

function resnetConfig(vision: VisionConfig, encoder: HostTensors): object {
  const { stages, width } = resnetSizes(encoder);
  return {
    architecture: 'resnet50',
    num_classes: 0,
    num_features: 2048,
    global_pool: 'avg',
    model_args: { layers: stages, base_width: width },
    pretrained_cfg: { ...pretrained(inputSide(vision)), first_conv: 'conv1', classifier: 'fc' },
  };
}

function pretrained(imageSize: number): object {
  return {
    ...NORMALISATION,
    input_size: [3, imageSize, imageSize],
    num_classes: 0,
    interpolation: 'bilinear',
    crop_pct: 1,
  };
}
