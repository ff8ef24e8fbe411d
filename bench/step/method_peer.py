"""PyTorch's side of the `step` benchmark for the whole method: a training step with all five losses, eager.

    python method_peer.py check         compares losses_batched.py with losses.py
    python method_peer.py prepare DIR   writes DIR/weights.safetensors and DIR/batch.safetensors, which both sides read
    python method_peer.py measure DIR --threads 2 --warmup 2 --steps 5 [--parts encoders,contrast]

Each prints one JSON object; `measure` the one that side.ts describes. It also reads DIR/draws.safetensors, the random
numbers with which mlip draws hard negatives. One micro-batch is the whole batch, and nothing is dropped out, so both
sides compute the same numbers in the first step.
"""
import argparse
import json
import platform
import time
from importlib.metadata import version
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

import losses_batched
from method_batch import as_read, method_batch
from method_model import Method
from method_step import PARTS, losses_of
from peer import CASES, gradient_norms, memory_mb

CASE = CASES["method"]


def prepare(folder):
    torch.manual_seed(1)
    state = Method(CASE).state_dict()
    save_file({name: state[name] for name in state if not name.endswith("num_batches_tracked")}, folder / "weights.safetensors")
    save_file(method_batch(CASE), folder / "batch.safetensors")
    return {"written": str(folder)}


def measure(folder, threads, warmup, steps, parts):
    torch.set_num_threads(threads)
    model = Method(CASE).train()
    model.load_state_dict(load_file(folder / "weights.safetensors"), strict=False)
    batch = as_read(load_file(folder / "batch.safetensors"), load_file(folder / "draws.safetensors"))
    optimizer = torch.optim.AdamW(model.parameters(), lr=CASE["learningRate"], weight_decay=0.05, fused=True)
    loaded_mb = memory_mb("VmRSS")
    first = passes(model, batch, parts)
    norms = gradient_norms(model)
    times = [train_step(model, optimizer, batch, parts) for _ in range(warmup + steps)][warmup:]
    return {
        "milliseconds": [sum(step) for step in times],
        "passMilliseconds": [step[0] for step in times],
        "peakMb": memory_mb("VmHWM"),
        "loadedMb": loaded_mb,
        "loss": sum(first.values()),
        "losses": first,
        "gradientNorms": norms,
        "versions": {"python": platform.python_version(), **{p: version(p) for p in ("torch", "timm", "transformers")}},
    }


def train_step(model, optimizer, batch, parts):
    """Milliseconds of forward and backward pass with all losses, and of clipping with the optimiser's step."""
    start = time.perf_counter()
    passes(model, batch, parts)
    between = time.perf_counter()
    torch.nn.utils.clip_grad_norm_(model.parameters(), CASE["clipNorm"])
    optimizer.step()
    return 1000 * (between - start), 1000 * (time.perf_counter() - between)


def passes(model, batch, parts):
    """Forward and backward pass; the losses by name."""
    model.zero_grad(set_to_none=True)
    values = losses_of(model, batch, CASE, parts)
    sum(values.values()).backward()
    return {name: value.item() for name, value in values.items()}


def check():
    differences = losses_batched.agreement()
    if max(differences.values()) > 1e-12:
        raise SystemExit(f"losses_batched.py differs from losses.py: {differences}")
    return differences


def parts_from(text):
    parts = text.split(",")
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no part is called {', '.join(unknown)}; parts: {', '.join(PARTS)}")
    return frozenset(parts)


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check")
    commands.add_parser("prepare").add_argument("folder", type=Path)
    measured = commands.add_parser("measure")
    measured.add_argument("folder", type=Path)
    measured.add_argument("--threads", type=int, default=1)
    measured.add_argument("--warmup", type=int, default=2)
    measured.add_argument("--steps", type=int, default=5)
    measured.add_argument("--parts", type=parts_from, default=frozenset(PARTS))
    a = vars(parser.parse_args())
    run = {"check": check, "prepare": prepare, "measure": measure}[a.pop("command")]
    print(json.dumps(run(**a)))


if __name__ == "__main__":
    main()
