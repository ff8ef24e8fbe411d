"""The losses of losses.py that loop over rows or gather large copies, without loops: one batched product for all rows.

    agreement()     largest relative differences from losses.py in value and gradients, float64, on random input
"""
import torch
import torch.nn.functional as F

import losses
from losses import SINKHORN_EPS, SINKHORN_ITERS, TAU_LOCAL, TAU_PROTO


@torch.no_grad()
def clip_weights(attention, mask):
    """Attention [n, L], mask [n, L] bool: clipped to the quantiles 0.1 and 0.9 of the masked-in entries, rows sum to 1."""
    seen = attention.masked_fill(~mask, float("nan"))
    low, high = torch.nanquantile(seen, torch.tensor([0.1, 0.9], dtype=seen.dtype), dim=1, keepdim=True)
    clipped = torch.where(mask, attention.clamp(low, high), 0)
    return clipped / clipped.sum(1, keepdim=True)


def match(queries, contexts, weights, batch, tau, mask=None):
    """queries, contexts [n, L, d]: position j of one finds position j of the other, both ways; weights [n, L], 0 for padding."""
    scores = queries @ contexts.transpose(1, 2) / tau
    ways = [scores.log_softmax(dim) if mask is None else masked_log_softmax(scores, mask, dim) for dim in (2, 1)]
    found = sum(way.diagonal(dim1=1, dim2=2) for way in ways)
    return -0.5 * (weights * found).sum() / batch


def masked_log_softmax(scores, mask, dim):
    """Log softmax over axis `dim` of scores [n, L, L], padded positions of that axis left out; 0 on a padded diagonal."""
    hidden = ~(mask[:, None, :] if dim == 2 else mask[:, :, None])
    padding = torch.diag_embed(~mask)
    return scores.masked_fill(hidden, float("-inf")).log_softmax(dim).masked_fill(padding, 0)


def local_alignment(w, p, word_mask, word_weights, patch_weights, batch, tau=TAU_LOCAL):
    """w [m, T, d], 0 for padding; p [m, P, d]; word_mask [m, T] bool; weights [m, T] and [m, P]."""
    scores = w @ p.transpose(1, 2) / tau
    of_words = F.normalize(scores.softmax(-1) @ p, dim=-1)
    seen = scores.transpose(1, 2).masked_fill(~word_mask[:, None, :], float("-inf"))
    of_patches = F.normalize(seen.softmax(-1) @ w, dim=-1)
    words = match(w, of_words, word_weights, batch, tau, word_mask)
    return words + match(p, of_patches, patch_weights, batch, tau)


def knowledge_alignment(w, p, k, concept, position, mask, batch, tau=TAU_LOCAL):
    """k [m, N, d], concept, position [m, N] whole numbers, mask [m, N] bool: at most N links of each report, padded."""
    if not mask.any():
        return w.sum() * 0
    q = w[torch.arange(len(w))[:, None], position]

    def context(x):
        return F.normalize((x @ p.transpose(1, 2) / tau).softmax(-1) @ p, dim=-1)[mask]

    ids = concept[mask]
    alike = (ids[:, None] == ids[None]) & ~torch.eye(len(ids), dtype=torch.bool)
    weight = (1 / mask.sum(1, keepdim=True).clamp_min(1).to(w.dtype)).expand(mask.shape)[mask]

    def contrast(a, b):
        scores = (a @ b.T / tau).masked_fill(alike, float("-inf"))
        return (weight * F.cross_entropy(scores, torch.arange(len(a)), reduction="none")).sum()

    return 0.5 * (contrast(q[mask], context(k)) + contrast(k[mask], context(q))) / batch


def prototype_loss(views, queues, prototypes, tau=TAU_PROTO, eps=SINKHORN_EPS, iters=SINKHORN_ITERS):
    """As in losses.py; the rows of queues[view] [Q, d] join the Sinkhorn of that view, and not the loss."""
    c = F.normalize(prototypes, dim=-1)
    scores = [x @ c.T for x in views]
    with torch.no_grad():
        joined = [torch.cat([s, queue @ c.T]) for s, queue in zip(scores, queues)]
        codes = [losses.sinkhorn(s, eps, iters)[: len(views[0])] for s in joined]
    predictions = [(s / tau).log_softmax(-1) for s in scores]
    pairs = [(a, b) for a in range(len(views)) for b in range(len(views)) if a != b]
    return sum(-(codes[a] * predictions[b]).sum(-1).mean() for a, b in pairs) / len(pairs)


def agreement():
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(2)
    m, words, patches, links, d = 5, 11, 16, 6, 24
    unit = lambda *shape: F.normalize(torch.randn(*shape), dim=-1)
    mask = torch.arange(words)[None] < torch.tensor([11, 4, 7, 9, 3])[:, None]
    attention = torch.rand(m, words)
    weights = losses.clip_weights(attention, mask)
    every = torch.ones(m, patches, dtype=torch.bool)
    patch_weights = losses.clip_weights(torch.rand(m, patches), every)
    w, p, k = unit(m, words, d) * mask[..., None], unit(m, patches, d), unit(m, links, d)
    linked = torch.arange(links)[None] < torch.tensor([6, 0, 2, 5, 1])[:, None]
    position, concept = torch.randint(0, 3, (m, links)), torch.randint(0, 4, (m, links))
    owner = torch.arange(m)[:, None].expand(m, links)[linked]
    v, t, z, prototypes, queue = unit(m, d), unit(m, d), unit(m, d), unit(7, d), torch.empty(0, d)
    aligned = (mask, weights, patch_weights, 9)
    return {
        "clip_weights": relative(clip_weights(attention, mask), weights),
        "local_alignment": difference(
            lambda w, p: local_alignment(w, p, *aligned), lambda w, p: losses.local_alignment(w, p, *aligned), w, p
        ),
        "knowledge_alignment": difference(
            lambda w, p, k: knowledge_alignment(w, p, k, concept, position, linked, 9),
            lambda w, p, k: losses.knowledge_alignment(w, p, k[linked], concept[linked], owner, position[linked], 9),
            w, p, k,
        ),
        "prototype_loss": difference(
            lambda v, t, z, c: prototype_loss([v, t, z], [queue] * 3, c),
            lambda v, t, z, c: losses.prototype_loss([v, t, z], c),
            v, t, z, prototypes,
        ),
    }


def difference(batched, reference, *inputs):
    """Largest relative difference in value and gradients."""
    results = []
    for loss in (batched, reference):
        leaves = [x.clone().requires_grad_() for x in inputs]
        value = loss(*leaves)
        results.append([value.detach(), *torch.autograd.grad(value, leaves)])
    return max(relative(a, b) for a, b in zip(*results))


def relative(a, b):
    return ((a - b).abs().max() / b.abs().max()).item()
