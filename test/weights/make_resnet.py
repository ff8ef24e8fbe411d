"""Writes a small ResNet of torchvision with random weights and statistics, and what it computes: DIR/resnet.safetensors and
DIR/resnet-features.safetensors, for the images of DIR/images.safetensors."""
import sys
import torch
from safetensors.torch import load_file, save_file
from torchvision.models.resnet import Bottleneck, ResNet

torch.manual_seed(5)
model = ResNet(Bottleneck, [1, 2, 1, 1], width_per_group=8)
model.fc = torch.nn.Identity()
state = model.state_dict()
for name, value in state.items():
    if name.endswith(('running_mean', 'running_var')) or 'bn' in name or 'downsample.1' in name:
        if value.is_floating_point():
            value.add_(0.1 * torch.rand_like(value))
grey = load_file(f'{sys.argv[1]}/images.safetensors')['images']
images = ((grey / 255 - 0.5) / 0.5)[:, None].repeat(1, 3, 1, 1)
with torch.no_grad():
    features = model.eval()(images)
save_file({k: v.contiguous() for k, v in state.items() if v.is_floating_point()}, f'{sys.argv[1]}/resnet.safetensors')
save_file({'features': features}, f'{sys.argv[1]}/resnet-features.safetensors')
