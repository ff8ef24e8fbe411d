"""PyTorch's side of the `step` benchmark for the whole method: one step with all five losses, eager.

    python method_peer.py prepare DIR   writes DIR/weights.safetensors and DIR/batch.safetensors, which both sides read
    python method_peer.py measure DIR --threads 2 --warmup 2 --steps 5 [--breakdown 3] [--optimizer]
    python method_peer.py check         compares losses_batched.py with losses.py

Each prints one JSON object; `measure` the one that side.ts describes. One micro-batch is the whole batch, and nothing is
dropped out, so both sides compute the same numbers.
"""
import argparse
import json
import platform
import statistics
import time
from importlib.metadata import version
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

import losses
import losses_batched
from method_batch import method_batch
from method_model import Method, sum_words
from peer import CASES, gradient_norms, memory_mb

CASE = CASES["method"]
# Parts of the method in the order in which the breakdown adds them, with the loss that each belongs to.
PARTS = {
    "encoders": None,
    "contrast": "global",
    "divergence": "global",
    "local": "local",
    "knowledge": "local",
    "prototypes": "prototype",
    "itm": "itm",
    "ts": "ts",
}
WHOLE = frozenset(PARTS)
CLIP_NORM = 1.0


class Step:
    """The losses of one batch. What several losses read is computed once, at its first use."""

    def __init__(self, model, batch, parts):
        self.model, self.batch, self.parts = model, batch, parts
        self.rows = len(batch["images"])

    def losses(self):
        """By the name of the loss. Of the encoders alone, a mean of all that they put out."""
        self.encode()
        if self.parts == {"encoders"}:
            return {"encoders": self.tokens.square().mean() + self.pieces.square().mean()}
        self.project()
        self.embed_concepts()
        parts = {"global": self.contrast, "local": self.align, "prototype": self.cluster, "itm": self.match_pairs}
        wanted = {PARTS[part] for part in self.parts}
        values = {name: compute() for name, compute in parts.items() if name in wanted}
        return {**values, "ts": self.tell_swapped()} if "ts" in wanted else values

    def encode(self):
        model, batch = self.model, self.batch
        self.tokens, self.patch_attention = model.encode_images(batch["images"])
        self.pieces, self.piece_attention = model.encode_reports(batch["ids"], batch["mask"])

    def project(self):
        """Heads; those of the positions where a part reads them."""
        model = self.model
        if self.parts & {"divergence", "local"}:
            words, self.word_weights, self.word_mask = sum_words(
                self.pieces, self.piece_attention, self.batch["word_of_piece"], CASE["text"]["pieces"] - 2
            )
            self.image, self.patches = model.project_images(self.tokens)
            self.report, self.words = model.project_reports(self.pieces, words, self.word_mask)
        else:
            self.image, self.report = model.head.vision(self.tokens[:, 0]), model.head.text(self.pieces[:, 0])
        self.v, self.t = F.normalize(self.image, dim=-1), F.normalize(self.report, dim=-1)

    def embed_concepts(self):
        if self.parts & {"knowledge", "prototypes"}:
            self.concepts = self.model.knowledge(self.batch["concept_vectors"], self.batch["negated"])

    def contrast(self):
        same = self.batch["same"]
        if "divergence" not in self.parts:
            return losses.global_contrast(self.v, self.t, same=same)
        v_hat = self.model.diverge("vision", self.image, self.patches)
        t_hat = self.model.diverge("text", self.report, self.words, self.word_mask)
        return losses.global_loss(self.v, self.t, v_hat, t_hat, same=same)

    def align(self):
        w, p = F.normalize(self.words, dim=-1), F.normalize(self.patches, dim=-1)
        patch_weights = losses_batched.clip_weights(
            self.patch_attention, torch.ones_like(self.patch_attention, dtype=torch.bool)
        )
        aligned = losses_batched.local_alignment(w, p, self.word_mask, self.word_weights, patch_weights, self.rows)
        if "knowledge" not in self.parts:
            return aligned
        links = (self.batch[name] for name in ("concept", "position", "link_mask"))
        return aligned + losses_batched.knowledge_alignment(w, p, self.concepts, *links, self.rows)

    def cluster(self):
        mean = (self.batch["concept_weights"][:, None] @ self.concepts).squeeze(1)
        z = losses.knowledge_view(self.t, mean, self.batch["link_mask"].any(1))
        return losses_batched.prototype_loss([self.v, self.t, z], self.batch["queues"], self.model.prototypes)

    def match_pairs(self):
        """True pairs, then pairs with a drawn image, then pairs with a drawn report, through the fusion encoder at once."""
        image, text = self.draw_negatives()
        true = torch.arange(self.rows)
        images, reports = torch.cat([true, image, true]), torch.cat([true, true, text])
        self.fused = self.model.fusion(self.pieces[reports], self.batch["mask"][reports], self.tokens[images])
        return losses.matching_loss(self.model.itm_head(self.fused), self.rows)

    def draw_negatives(self):
        """Columns of the negative image and report of each row: the first whose cumulative weight exceeds the uniform."""
        never = self.batch["same"] | self.batch["same_concepts"]
        to_text, to_image = losses.hard_negative_weights(self.v, self.t, never)
        draw = lambda weights, uniform: torch.searchsorted(weights.cumsum(1), uniform[:, None], right=True).squeeze(1)
        drawn = draw(to_image, self.batch["uniform_image"]), draw(to_text, self.batch["uniform_text"])
        return [columns.clamp_max(self.rows - 1) for columns in drawn]

    def tell_swapped(self):
        true, _, negative = self.fused.chunk(3)
        swapped = self.batch["swapped"]
        first = torch.where(swapped[:, None] > 0, negative, true)
        second = torch.where(swapped[:, None] > 0, true, negative)
        logits = self.model.swap_head(torch.cat([first, second], 1)).squeeze(1)
        return losses.swapping_loss(logits, swapped, self.rows)


def train_step(model, batch, parts=WHOLE):
    model.zero_grad(set_to_none=True)
    values = Step(model, batch, parts).losses()
    sum(values.values()).backward()
    return {name: value.detach() for name, value in values.items()}


def breakdown(model, batch, rounds):
    """Median milliseconds of a step with the first n parts, for every n, in turn so that drifts spread over all."""
    names = list(PARTS)
    times = {name: [] for name in names}
    for _ in range(rounds):
        for count, name in enumerate(names, 1):
            times[name].append(milliseconds(lambda: train_step(model, batch, frozenset(names[:count])))[0])
    return {name: statistics.median(values) for name, values in times.items()}


def optimizer_times(model, batch, steps):
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, weight_decay=0.05, fused=True)

    def update():
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)
        optimizer.step()

    train_step(model, batch)
    return [milliseconds(update)[0] for _ in range(steps + 1)][1:]


def milliseconds(run):
    start = time.perf_counter()
    result = run()
    return 1000 * (time.perf_counter() - start), result


def prepare(folder):
    torch.manual_seed(1)
    state = {name: value for name, value in Method(CASE).state_dict().items() if not name.endswith("num_batches_tracked")}
    save_file(state, folder / "weights.safetensors")
    save_file(method_batch(CASE), folder / "batch.safetensors")
    return {"written": str(folder)}


def read_batch(path):
    """Masks as bool and indices as PyTorch wants them."""
    batch = load_file(path)
    masks = {name: batch[name] > 0 for name in ("mask", "link_mask", "same", "same_concepts")}
    indices = {name: batch[name].long() for name in ("ids", "word_of_piece", "position", "concept")}
    return {**batch, **masks, **indices}


def measure(a):
    torch.set_num_threads(a.threads)
    model = Method(CASE).train()
    model.load_state_dict(load_file(a.folder / "weights.safetensors"), strict=False)
    batch = read_batch(a.folder / "batch.safetensors")
    loaded_mb = memory_mb("VmRSS")
    times, results = zip(*(milliseconds(lambda: train_step(model, batch)) for _ in range(a.warmup + a.steps)))
    values = {name: value.item() for name, value in results[-1].items()}
    report = {
        "milliseconds": times[a.warmup :],
        "peakMb": memory_mb("VmHWM"),
        "loadedMb": loaded_mb,
        "loss": sum(values.values()),
        "losses": values,
        "gradientNorms": gradient_norms(model),
        "versions": {"python": platform.python_version(), **{p: version(p) for p in ("torch", "timm", "transformers")}},
    }
    if a.breakdown > 0:
        report["breakdown"] = breakdown(model, batch, a.breakdown)
    if a.optimizer:
        report["optimizerMilliseconds"] = optimizer_times(model, batch, a.steps)
    return report


def check():
    differences = losses_batched.agreement()
    if max(differences.values()) > 1e-12:
        raise SystemExit(f"losses_batched.py differs from losses.py: {differences}")
    return differences


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
    measured.add_argument("--breakdown", type=int, default=0, metavar="ROUNDS")
    measured.add_argument("--optimizer", action="store_true")
    a = parser.parse_args()
    run = {"check": check, "prepare": lambda: prepare(a.folder), "measure": lambda: measure(a)}
    print(json.dumps(run[a.command]()))


if __name__ == "__main__":
    main()
