"""The losses of the method in PyTorch, one by one: what the `step` benchmark's PyTorch side computes and is checked by.

docs/method.md describes the maths; this is the same maths as code, written to be read. Where a loop over rows would make
PyTorch slow, losses_batched.py has the same function without it, and `method_peer.py check` shows that both agree.
Shapes: B global batch, m micro-batch, T words, P patches, K prototypes, d embedding width.
Everything named v, t, w, p, k is already L2-normalised over its last axis unless a line says otherwise.
Each function returns a scalar; sums over the batch are divided by the size of the GLOBAL batch, so that
adding the values (and the gradients) of all micro-batches of a step gives the value of the whole step.
"""
import torch
import torch.nn.functional as F

TAU_GLOBAL, TAU_LOCAL, TAU_PROTO, SINKHORN_EPS, SINKHORN_ITERS = 0.07, 0.1, 0.2, 0.05, 3


def normalize(x):
    return x / x.norm(dim=-1, keepdim=True).clamp_min(1e-12)


# ---------------------------------------------------------------- global: image-text contrast
def global_contrast(v, t, tau=TAU_GLOBAL, same=None):
    """v, t: [B, d]. same: [B, B] bool, True where an off-diagonal pair must not count as a negative.
    Sum of the two directions, each a mean over B (MGCA's ITA)."""
    s = v @ t.T / tau
    if same is not None:
        s = s.masked_fill(same & ~torch.eye(len(s), dtype=torch.bool), float('-inf'))
    y = torch.arange(len(s))
    return F.cross_entropy(s, y) + F.cross_entropy(s.T, y)


def divergence(v, v_hat, margin=0.5):
    """Keeps the augmented feature v_hat [B, d] from collapsing onto v [B, d] (no gradient into v)."""
    return (((v.detach() * v_hat).sum(-1) - margin).clamp_min(0) ** 2).mean()


def global_loss(v, t, v_hat, t_hat, weight=0.1, margin=0.5, tau=TAU_GLOBAL, same=None):
    c = lambda a, b: global_contrast(a, b, tau, same)
    return (c(v, t) + 0.5 * (c(v_hat, t) + c(v, t_hat))
            + weight * (divergence(v, v_hat, margin) + divergence(t, t_hat, margin)))


# ---------------------------------------------------------------- local: token-knowledge-patch alignment
def clip_weights(a, mask):
    """Attention a [n, L] >= 0, mask [n, L] bool. Per row: clip the masked-in entries to their own
    [q10, q90] (linear interpolation), zero the rest, scale to sum 1. No gradient."""
    out = torch.zeros_like(a)
    for i in range(len(a)):
        x = a[i][mask[i]].detach()
        x = x.clamp(torch.quantile(x, 0.1), torch.quantile(x, 0.9))
        out[i][mask[i]] = x / x.sum()
    return out


def _match(q, c, row_mask, weights, batch, tau):
    """q, c [n, L, d]: position j of q should match position j of c among the L positions of the same
    pair; masked-out positions are neither queries nor keys. Both directions, averaged."""
    s = q @ c.transpose(1, 2) / tau
    s = s.masked_fill(~row_mask[:, None, :], float('-inf'))
    st = (q @ c.transpose(1, 2) / tau).transpose(1, 2).masked_fill(~row_mask[:, None, :], float('-inf'))
    y = torch.arange(s.shape[1])
    loss = 0.0
    for i in range(len(s)):
        for x in (s[i], st[i]):
            per = F.cross_entropy(x[row_mask[i]], y[row_mask[i]], reduction='none')
            loss = loss + 0.5 * (weights[i][row_mask[i]] * per).sum()
    return loss / batch


def local_alignment(w, p, word_mask, word_weights, patch_weights, batch, tau=TAU_LOCAL):
    """w [m, T, d] words, p [m, P, d] patches, word_mask [m, T] bool, word_weights [m, T], patch_weights
    [m, P] (rows sum to 1). batch = B. MGCA's two cross-attention losses with padding masked out of the
    keys and both contexts normalised."""
    a = F.softmax(w @ p.transpose(1, 2) / tau, -1)                       # words attend to patches
    c = normalize(a @ p)
    word = _match(w, c, word_mask, word_weights, batch, tau)
    b = (p @ w.transpose(1, 2) / tau).masked_fill(~word_mask[:, None, :], float('-inf'))
    u = normalize(F.softmax(b, -1) @ w)                                   # patches attend to words
    every = torch.ones(p.shape[:2], dtype=torch.bool)
    return word + _match(p, u, every, patch_weights, batch, tau)


def knowledge_alignment(w, p, k, concept, owner, position, batch, tau=TAU_LOCAL):
    """The tokens of a micro-batch that an entity linker tied to a concept: n links.
    k [n, d] concept embeddings, concept [n] int (concept id, negated mentions have their own id),
    owner [n] int (row of the micro-batch), position [n] int (word index). Word and concept must find
    each other THROUGH the image: each attends to the patches of its own image, and the context that the
    one attends must be recognisable to the other among all links of the micro-batch. Other links of the
    same concept are no negatives. A report weighs 1 however many links it has."""
    if len(k) == 0:
        return w.sum() * 0
    q = w[owner, position]                                                # [n, d]
    ctx = lambda x: normalize((F.softmax((p[owner] @ x[:, :, None]).squeeze(-1) / tau, -1)[:, None] @ p[owner]).squeeze(1))
    mask = (concept[:, None] == concept[None]) & ~torch.eye(len(k), dtype=torch.bool)
    weight = 1.0 / torch.bincount(owner, minlength=len(w))[owner].to(w.dtype)
    y = torch.arange(len(k))
    ce = lambda a, b: (weight * F.cross_entropy((a @ b.T / tau).masked_fill(mask, float('-inf')), y, reduction='none')).sum()
    return 0.5 * (ce(q, ctx(k)) + ce(k, ctx(q))) / batch


# ---------------------------------------------------------------- category: knowledge-guided prototypes
def sinkhorn(scores, eps=SINKHORN_EPS, iters=SINKHORN_ITERS):
    """scores [B, K] -> codes [B, K], rows sum to 1. Over the GLOBAL batch. No gradient. In log space."""
    q = scores.detach() / eps
    n, k = q.shape
    q = q - torch.logsumexp(q.flatten(), 0)
    for _ in range(iters):
        q = q - torch.logsumexp(q, 0, keepdim=True) - torch.log(torch.tensor(float(k), dtype=q.dtype))
        q = q - torch.logsumexp(q, 1, keepdim=True) - torch.log(torch.tensor(float(n), dtype=q.dtype))
    return (q + torch.log(torch.tensor(float(n), dtype=q.dtype))).exp()


def knowledge_view(t, k_mean, has_knowledge):
    """t [B, d], k_mean [B, d] mean concept embedding of the report, has_knowledge [B] bool."""
    return normalize(t + torch.where(has_knowledge[:, None], k_mean, torch.zeros_like(k_mean)))


def prototype_loss(views, prototypes, tau=TAU_PROTO, eps=SINKHORN_EPS, iters=SINKHORN_ITERS):
    """views: list of [B, d]; prototypes [K, d] unnormalised. Swapped prediction over all ordered pairs of
    different views, averaged. Two views give MGCA's loss."""
    c = normalize(prototypes)
    scores = [x @ c.T for x in views]
    codes = [sinkhorn(s, eps, iters) for s in scores]
    terms = [-(codes[a] * F.log_softmax(scores[b] / tau, -1)).sum(-1).mean()
             for a in range(len(views)) for b in range(len(views)) if a != b]
    return sum(terms) / len(terms)


# ---------------------------------------------------------------- proxies: matching and swapping
def hard_negative_weights(v, t, same, tau=TAU_GLOBAL):
    """Row i: the distribution from which the negative of i is drawn within the micro-batch. v, t [m, d],
    same [m, m] bool (same study, identical report, same concept set; the diagonal is always excluded).
    Returns (image->text, text->image), rows sum to 1 (uniform over the rest where all are excluded)."""
    off = ~torch.eye(len(v), dtype=torch.bool)
    def rows(s):
        x = F.softmax(s, -1) * (off & ~same)
        x = torch.where(x.sum(-1, keepdim=True) > 0, x, off.to(x.dtype))
        return x / x.sum(-1, keepdim=True)
    s = (v @ t.T / tau).detach()
    return rows(s), rows(s.T)


def matching_loss(logits, batch):
    """logits [3m, 2] of the fused [CLS] for m true pairs, then m (image negative, text), then m (image,
    text negative). Mean cross-entropy over the 3 kinds; class 1 = match."""
    m = len(logits) // 3
    y = torch.cat([torch.ones(m), torch.zeros(2 * m)]).long()
    return F.cross_entropy(logits, y, reduction='sum') / (3 * batch)


def swapping_loss(logits, swapped, batch):
    """logits [m] of an MLP over [fused_a ; fused_b], where (a, b) = (true text, negative text) or, where
    swapped [m] is 1, the other way round. Binary cross-entropy."""
    return F.binary_cross_entropy_with_logits(logits, swapped, reduction='sum') / batch
