"""The whole method in PyTorch: timm's ViT, transformers' BERT and fusion layers, and heads and divergence encoders by hand.

Parameter names are those of mlip. There is no dropout, attention is the libraries' default
(scaled_dot_product_attention); what the alignment needs of the attention of CLS is computed from the last block's own
queries and keys, without gradient. Shapes: m rows, L pieces, T words, P patches, D encoder width, d embedding width.
"""
import torch
import torch.nn.functional as F
from torch import nn

from losses_batched import clip_weights
from peer import build_bert, build_vit


class Method(nn.Module):
    def __init__(self, case):
        super().__init__()
        width, d = case["vision"]["width"], case["embeddingWidth"]
        self.vision = build_vit(case["vision"])
        self.text = build_bert(case["text"])
        self.head = per_modality(lambda: projection_head(width, case["headWidth"], d))
        self.local_head = per_modality(lambda: projection_head(width, case["headWidth"], d))
        self.divergence = per_modality(lambda: divergence_encoder(d, case["divergence"]))
        self.knowledge = Knowledge(case["conceptWidth"], d)
        self.fusion = Fusion(case)
        self.itm_head = nn.Linear(width, 2)
        self.swap_head = nn.Sequential(nn.Linear(2 * width, width), nn.GELU(), nn.Linear(width, 1))
        self.prototypes = nn.Linear(d, case["prototypes"], bias=False)
        self._image_attention = ImageAttention(self.vision.blocks[-1].attn)
        self._report_attention = ReportAttention(self.text.encoder.layer[-1].attention.self)

    def encode_images(self, images):
        """images [m, S, S], grey 0..255 -> all tokens [m, 1 + P, D], and how much CLS sees of each patch [m, P]."""
        grey = (images / 255 - 0.5) / 0.5
        tokens = self.vision.forward_features(grey[:, None].repeat(1, 3, 1, 1))
        return tokens, self._image_attention.take()

    def encode_reports(self, ids, mask):
        """ids [m, L], mask [m, L] bool -> all pieces [m, L, D], and how much CLS sees of each piece [m, L]."""
        pieces = self.text(input_ids=ids, attention_mask=mask).last_hidden_state
        return pieces, self._report_attention.take(mask)

    def project_images(self, tokens):
        """-> global [m, d] and local [m, P, d], not normalised."""
        return self.head.vision(tokens[:, 0]), by_position(self.local_head.vision, tokens[:, 1:])

    def project_reports(self, pieces, words, word_mask):
        """-> global [m, d] and local [m, T, d], not normalised, 0 for padding, which the head does not see."""
        projected = self.local_head.text(words[word_mask])
        local = projected.new_zeros(*word_mask.shape, projected.shape[-1])
        local[word_mask] = projected
        return self.head.text(pieces[:, 0]), local

    def diverge(self, modality, whole, local, mask=None):
        """[global; local] before normalisation through one block; its first slot, normalised, [m, d]."""
        x = torch.cat([whole[:, None], local], 1)
        seen = None if mask is None else F.pad(mask, (1, 0), value=True)[:, None, None]
        return F.normalize(self.divergence[modality](x, attn_mask=seen)[:, 0], dim=-1)


def per_modality(build):
    return nn.ModuleDict({"vision": build(), "text": build()})


def projection_head(width, hidden_width, embedding_width):
    """The linear layers have no bias: the normalisation behind each takes it away again."""
    return nn.Sequential(
        nn.Linear(width, hidden_width, bias=False),
        nn.BatchNorm1d(hidden_width),
        nn.ReLU(inplace=True),
        nn.Linear(hidden_width, embedding_width, bias=False),
        nn.BatchNorm1d(embedding_width, affine=False),
    )


def by_position(head, x):
    return head(x.flatten(0, 1)).unflatten(0, x.shape[:2])


def divergence_encoder(width, sizes):
    from timm.models.vision_transformer import Block

    return Block(width, num_heads=sizes["heads"], mlp_ratio=sizes["mlpWidth"] / width, qkv_bias=True)


class Knowledge(nn.Linear):
    """Embeddings of concepts: a linear layer, and a learned vector that is added for those that a report negates."""

    def __init__(self, concept_width, embedding_width):
        super().__init__(concept_width, embedding_width)
        self.negation = nn.Parameter(0.02 * torch.randn(embedding_width))

    def forward(self, vectors, negated):
        """vectors [m, N, concept width], negated [m, N] 0 or 1 -> [m, N, d], normalised."""
        return F.normalize(super().forward(vectors) + negated[..., None] * self.negation, dim=-1)


class Fusion(nn.Module):
    """BERT layers with cross-attention from the pieces of a report to all tokens of an image."""

    def __init__(self, case):
        super().__init__()
        sizes = {**case["text"], **case["fusion"], "vocabularySize": 1}
        self.encoder = build_bert(sizes, is_decoder=True, add_cross_attention=True, use_cache=False).encoder

    def forward(self, pieces, mask, image_tokens):
        """The fused CLS of each pair, [n, D]. With a mask given, self-attention is not causal."""
        seen = mask[:, None, None].expand(-1, 1, mask.shape[1], -1)
        fused = self.encoder(pieces, attention_mask=seen, encoder_hidden_states=image_tokens, use_cache=False)
        return fused.last_hidden_state[:, 0]


class ImageAttention:
    """Attention of CLS to the patches in a timm attention layer, mean over the heads, of its last call."""

    def __init__(self, layer):
        self.heads = layer.num_heads
        layer.qkv.register_forward_hook(self.keep)

    def keep(self, _layer, _inputs, qkv):
        self.qkv = qkv.detach()

    def take(self):
        query, key, _ = self.qkv.chunk(3, dim=-1)
        del self.qkv
        return attention_of_first(query, key, self.heads)[:, 1:]


class ReportAttention:
    """The same of CLS to the pieces in a transformers attention layer."""

    def __init__(self, layer):
        self.heads = layer.num_attention_heads
        layer.query.register_forward_hook(self.keep_query)
        layer.key.register_forward_hook(self.keep_key)

    def keep_query(self, _layer, _inputs, query):
        self.query = query.detach()

    def keep_key(self, _layer, _inputs, key):
        self.key = key.detach()

    def take(self, mask):
        query, key = self.query, self.key
        del self.query, self.key
        return attention_of_first(query, key, self.heads, mask)


@torch.no_grad()
def attention_of_first(query, key, heads, mask=None):
    """query, key [m, L, D] -> attention of the first position to all, mean over the heads, [m, L]."""
    split = lambda x: x.unflatten(-1, (heads, -1)).transpose(1, 2)
    first = split(query[:, :1])
    scores = first @ split(key).transpose(2, 3) / first.shape[-1] ** 0.5
    if mask is not None:
        scores = scores.masked_fill(~mask[:, None, None], float("-inf"))
    return scores.softmax(-1).mean(1)[:, 0]


def sum_words(pieces, attention, word_of_piece, words):
    """Sums the pieces of each word: features [m, T, D], weights [m, T] of sum 1 after clipping, mask [m, T] bool.

    word_of_piece [m, L]: which word of its report a piece is part of, -1 for none.
    """
    rows = len(pieces)
    belongs = word_of_piece >= 0
    slot = (torch.arange(rows)[:, None] * words + word_of_piece)[belongs]
    features = pieces.new_zeros(rows * words, pieces.shape[-1]).index_add(0, slot, pieces[belongs])
    weights = attention.new_zeros(rows * words).index_add(0, slot, attention[belongs]).view(rows, words)
    mask = torch.arange(words)[None] <= word_of_piece.max(1, keepdim=True).values
    return features.view(rows, words, -1), clip_weights(weights, mask), mask
