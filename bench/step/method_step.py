"""The losses of the whole method on one batch, as a PyTorch user would write them: no loop over rows, one pass each."""
import torch
import torch.nn.functional as F

import losses
import losses_batched
from method_model import sum_words

# What can be left out, in the order in which the benchmark adds it; with the loss that it belongs to.
PARTS = {
    "encoders": None,
    "contrast": "loss_global",
    "divergence": "loss_global",
    "local": "loss_local",
    "knowledge": "loss_local",
    "prototypes": "loss_prototype",
    "itm": "loss_itm",
    "ts": "loss_ts",
}


def losses_of(model, batch, case, parts):
    """By name. Of the encoders alone: the sum of their embeddings before normalisation, squared."""
    return Losses(model, batch, case, parts).compute()


class Losses:
    def __init__(self, model, batch, case, parts):
        self.model, self.batch, self.case, self.parts = model, batch, case, parts
        self.rows = len(batch["images"])

    def compute(self):
        self.encode()
        self.project()
        if self.parts == {"encoders"}:
            return {"loss": self.image.square().sum() + self.report.square().sum()}
        if self.parts & {"knowledge", "prototypes"}:
            self.concepts = self.model.knowledge(self.batch["concept_vectors"], self.batch["negated"])
        # In this order: text swapping reads what matching has fused.
        functions = {
            "loss_global": self.contrast,
            "loss_local": self.align,
            "loss_prototype": self.cluster,
            "loss_itm": self.match_pairs,
            "loss_ts": self.tell_swapped,
        }
        wanted = {PARTS[part] for part in self.parts}
        return {name: function() for name, function in functions.items() if name in wanted}

    def encode(self):
        self.tokens, self.patch_attention = self.model.encode_images(self.batch["images"])
        self.pieces, self.piece_attention = self.model.encode_reports(self.batch["ids"], self.batch["mask"])

    def project(self):
        """Heads; those of the positions where a part reads them."""
        model = self.model
        if self.parts & {"divergence", "local"}:
            words, self.word_weights, self.word_mask = sum_words(
                self.pieces, self.piece_attention, self.batch["word_of_piece"], self.case["text"]["pieces"] - 2
            )
            self.image, self.patches = model.project_images(self.tokens)
            self.report, self.words = model.project_reports(self.pieces, words, self.word_mask)
        else:
            self.image, self.report = model.head.vision(self.tokens[:, 0]), model.head.text(self.pieces[:, 0])
        self.v, self.t = F.normalize(self.image, dim=-1), F.normalize(self.report, dim=-1)

    def contrast(self):
        same = self.batch["same"]
        if "divergence" not in self.parts:
            return losses.global_contrast(self.v, self.t, same=same)
        v_hat = self.model.diverge("vision", self.image, self.patches)
        t_hat = self.model.diverge("text", self.report, self.words, self.word_mask)
        return losses.global_loss(self.v, self.t, v_hat, t_hat, same=same)

    def align(self):
        w, p = F.normalize(self.words, dim=-1), F.normalize(self.patches, dim=-1)
        every = torch.ones_like(self.patch_attention, dtype=torch.bool)
        patch_weights = losses_batched.clip_weights(self.patch_attention, every)
        aligned = losses_batched.local_alignment(w, p, self.word_mask, self.word_weights, patch_weights, self.rows)
        if "knowledge" not in self.parts:
            return aligned
        links = (self.batch[name] for name in ("concept", "position", "link_mask"))
        return aligned + losses_batched.knowledge_alignment(w, p, self.concepts, *links, self.rows)

    def cluster(self):
        mean = (self.batch["concept_weights"][:, None] @ self.concepts).squeeze(1)
        z = losses.knowledge_view(self.t, mean, self.batch["link_mask"].any(1))
        return losses_batched.prototype_loss([self.v, self.t, z], self.batch["queues"], self.model.prototypes.weight)

    def match_pairs(self):
        """True pairs, then pairs with a drawn image, then pairs with a drawn report, through the fusion encoder at once."""
        image, text = self.draw_negatives()
        true = torch.arange(self.rows)
        images, reports = torch.cat([true, image, true]), torch.cat([true, true, text])
        self.fused = self.model.fusion(self.pieces[reports], self.batch["mask"][reports], self.tokens[images])
        return losses.matching_loss(self.model.itm_head(self.fused), self.rows)

    def draw_negatives(self):
        """Columns of the negative image and report of each row: the first whose cumulative weight exceeds the uniform."""
        to_text, to_image = losses.hard_negative_weights(self.v, self.t, self.batch["never_negative"])
        drawn = (to_image, self.batch["image_draws"]), (to_text, self.batch["text_draws"])
        columns = [torch.searchsorted(weights.cumsum(1), u[:, None], right=True).squeeze(1) for weights, u in drawn]
        return [of_row.clamp_max(self.rows - 1) for of_row in columns]

    def tell_swapped(self):
        true, _, negative = self.fused.chunk(3)
        swapped = self.batch["swapped"]
        first = torch.where(swapped[:, None] > 0, negative, true)
        second = torch.where(swapped[:, None] > 0, true, negative)
        logits = self.model.swap_head(torch.cat([first, second], 1)).squeeze(1)
        return losses.swapping_loss(logits, swapped, self.rows)
