"""PyTorch's side of the `step` benchmark: the forward and backward pass of timm's ViT or transformers' BERT, eager.

    python peer.py prepare vit DIR      writes DIR/weights.safetensors and DIR/batch.safetensors, which both sides read
    python peer.py measure vit DIR --threads 2 --warmup 2 --steps 5

Each prints one JSON object; `measure` the one that side.ts describes, and it writes DIR/theirs.safetensors (outputs).
The modules are in training mode without dropout, attention is the libraries' default (scaled_dot_product_attention).
"""
import argparse
import json
import platform
import time
from importlib.metadata import version
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

CASES = json.loads((Path(__file__).parent / "cases.json").read_text())


def build_vit(case):
    import timm

    return timm.create_model(
        "vit_small_patch16_224",
        num_classes=0,
        global_pool="",
        img_size=case["imageSize"],
        patch_size=case["patchSize"],
        embed_dim=case["width"],
        depth=case["layers"],
        num_heads=case["heads"],
        mlp_ratio=case["mlpWidth"] / case["width"],
    )


def build_bert(case, **options):
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=case["vocabularySize"],
        hidden_size=case["width"],
        num_hidden_layers=case["layers"],
        num_attention_heads=case["heads"],
        intermediate_size=case["mlpWidth"],
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        **options,
    )
    return BertModel(config, add_pooling_layer=False)


def vit_batch(case):
    """images: grey levels 0..255 [batch, side, side], as mlip carries them; projection: [batch, tokens, width]."""
    side = case["imageSize"]
    tokens = (side // case["patchSize"]) ** 2 + 1
    images = torch.randint(0, 256, (case["batch"], side, side)).float()
    return {"images": images, "projection": torch.randn(case["batch"], tokens, case["width"])}


def bert_batch(case):
    """ids, mask: whole numbers [batch, pieces], reports of different lengths, padded; projection as above, 0 for padding."""
    shape = (case["batch"], case["pieces"])
    lengths = torch.linspace(case["pieces"] // 2, case["pieces"], case["batch"])
    mask = (torch.arange(case["pieces"])[None] < lengths[:, None]).float()
    ids = torch.randint(1, case["vocabularySize"], shape) * mask
    return {"ids": ids, "mask": mask, "projection": torch.randn(*shape, case["width"]) * mask[..., None]}


def vit_forward(model, batch):
    grey = (batch["images"] / 255 - 0.5) / 0.5
    pixels = grey[:, None].repeat(1, 3, 1, 1)
    return lambda: model.forward_features(pixels)


def bert_forward(model, batch):
    ids, mask = batch["ids"].long(), batch["mask"].long()
    return lambda: model(input_ids=ids, attention_mask=mask).last_hidden_state


MODELS = {"vit": (build_vit, vit_batch, vit_forward), "bert": (build_bert, bert_batch, bert_forward)}


def step(model, forward, projection):
    """One forward and backward pass; the loss is a fixed projection of the outputs, so every output takes part."""
    model.zero_grad(set_to_none=True)
    outputs = forward()
    loss = (outputs * projection).mean()
    loss.backward()
    return loss, outputs


def memory_mb(field):
    """A field of /proc/self/status in MiB: VmRSS is the memory now, VmHWM its highest value of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field + ":"))


def gradient_norms(model):
    return {name: p.grad.norm().item() for name, p in model.named_parameters() if p.grad is not None}


def prepare(model, folder):
    torch.manual_seed(1)
    build, make_batch, _ = MODELS[model]
    save_file(build(CASES[model]).state_dict(), folder / "weights.safetensors")
    save_file(make_batch(CASES[model]), folder / "batch.safetensors")
    return {"written": str(folder)}


def measure(name, folder, threads, warmup, steps):
    torch.set_num_threads(threads)
    build, _, make_forward = MODELS[name]
    model = build(CASES[name]).train()
    model.load_state_dict(load_file(folder / "weights.safetensors"))
    batch = load_file(folder / "batch.safetensors")
    forward = make_forward(model, batch)
    loaded_mb = memory_mb("VmRSS")
    seconds = []
    for _ in range(warmup + steps):
        start = time.perf_counter()
        loss, outputs = step(model, forward, batch["projection"])
        seconds.append(time.perf_counter() - start)
    peak_mb = memory_mb("VmHWM")
    save_file({"outputs": outputs.detach().contiguous()}, folder / "theirs.safetensors")
    return {
        "milliseconds": [1000 * s for s in seconds[warmup:]],
        "peakMb": peak_mb,
        "loadedMb": loaded_mb,
        "loss": loss.item(),
        "gradientNorms": gradient_norms(model),
        "versions": {"python": platform.python_version(), **{p: version(p) for p in ("torch", "timm", "transformers")}},
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["prepare", "measure"])
    parser.add_argument("model", choices=list(MODELS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--steps", type=int, default=5)
    a = parser.parse_args()
    if a.command == "prepare":
        report = prepare(a.model, a.folder)
    else:
        report = measure(a.model, a.folder, a.threads, a.warmup, a.steps)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
