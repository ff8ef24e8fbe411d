/** The image encoder for torchvision: the state of its ResNet with the classifier replaced by the identity. */
import { inputSide } from '../encoders/vision-shape.js';
import {
  imageFamily,
  json,
  NORMALISATION,
  resnetSizes,
  resnetUsage,
  tensorsUnder,
  wrongEncoder,
  type ExportedFiles,
  type ExportedModel,
} from './exported.js';
import { resnetFamily } from './resnet-family.js';

export function exportTorchvision({ config, tensors }: ExportedModel): ExportedFiles {
  const family = imageFamily(tensors);
  if (family !== resnetFamily) throw wrongEncoder('torchvision', family.title, 'timm');
  const encoder = tensorsUnder(tensors, 'vision.');
  const { stages, width } = resnetSizes(encoder);
  const sizes = { layers: stages, width_per_group: width };
  return {
    tensors: encoder,
    texts: {
      'config.json': json({
        architecture: 'resnet',
        ...sizes,
        image_size: inputSide(config.model.vision),
        ...NORMALISATION,
      }),
    },
    usage: (out) => [
      'import torch',
      'from safetensors.torch import load_file',
      'from torchvision.models.resnet import Bottleneck, ResNet',
      `encoder = ResNet(Bottleneck, [${stages.join(', ')}], width_per_group=${width})`,
      'encoder.fc = torch.nn.Identity()',
      `encoder.load_state_dict(load_file('${out}/model.safetensors'))`,
      'encoder.eval()',
      resnetUsage(config.model.vision),
    ],
  };
}
