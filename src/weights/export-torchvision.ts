/** The image encoder for torchvision: the state of its resnet50 with the classifier replaced by the identity. */
import {
  imageFamily,
  json,
  NORMALISATION,
  tensorsUnder,
  wrongEncoder,
  type ExportedFiles,
  type ExportedModel,
} from './exported.js';
import { resnetFamily } from './resnet-family.js';

export function exportTorchvision({ config, tensors }: ExportedModel): ExportedFiles {
  const family = imageFamily(tensors);
  if (family !== resnetFamily) throw wrongEncoder('torchvision', family.title, 'timm');
  const { imageSize } = config.model.vision;
  return {
    tensors: tensorsUnder(tensors, 'vision.'),
    texts: { 'config.json': json({ architecture: 'resnet50', image_size: imageSize, ...NORMALISATION }) },
    usage: (out) => [
      'import torch, torchvision',
      'from safetensors.torch import load_file',
      'encoder = torchvision.models.resnet50()',
      'encoder.fc = torch.nn.Identity()',
      `encoder.load_state_dict(load_file('${out}/model.safetensors'))`,
      'features = encoder.eval()(images)  # [n, 2048]; images as (x / 255 - 0.5) / 0.5',
    ],
  };
}
