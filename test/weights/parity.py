"""Runs the lines that an export prints, and writes the features that they compute. Reads from stdin {usage, inputs, reports,
features}: lines of Python, a safetensors file with `images`, texts, and where to write; runs each case of the list."""
import json, sys
import torch
from safetensors.torch import load_file, save_file

for case in json.load(sys.stdin):
    names = dict(reports=case['reports'])
    if 'inputs' in case:
        grey = load_file(case['inputs'])['images']
        names['images'] = ((grey / 255 - 0.5) / 0.5)[:, None].repeat(1, 3, 1, 1)
    with torch.no_grad():
        exec('\n'.join(case['usage']), names)
    save_file({'features': names['features'].contiguous()}, case['features'])
