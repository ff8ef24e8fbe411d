"""A batch of the whole method at the sizes of cases.json, as both sides read it: everything random but the draws is in it.

m rows, L pieces, N links a report at most, Q rows of a queue, d embedding width. Two rows are of one study, two others have
the same report. Whole numbers are int32, masks 0 or 1 in float32.
"""
import torch
import torch.nn.functional as F

CLS, SEP, FIRST_PIECE = 101, 102, 999
SAME_STUDY, SAME_REPORT = (2, 5), (7, 9)
CONCEPTS, NEGATED_SHARE = 60, 0.2


def method_batch(case):
    """What the file holds."""
    rows, side = case["batch"], case["vision"]["imageSize"]
    study, report = torch.arange(rows, dtype=torch.int32), torch.arange(rows, dtype=torch.int32)
    study[SAME_STUDY[1]], report[SAME_REPORT[1]] = SAME_STUDY[0], SAME_REPORT[0]
    lengths = torch.linspace(case["text"]["pieces"] // 2, case["text"]["pieces"], rows).long()
    reports = [make_report(case, int(length)) for length in lengths]
    return {
        "images": torch.randint(0, 256, (rows, side, side)).float(),
        "study": study,
        "report": report,
        **{name: torch.stack([reports[at][name] for at in report]) for name in reports[0]},
        "concept_vectors": torch.randn(CONCEPTS, case["conceptWidth"]),
        "queues": F.normalize(torch.randn(3, case["queue"], case["embeddingWidth"]), dim=-1),
    }


def make_report(case, length):
    """`length` pieces in words of 1 to 3, of which 0 to N are linked."""
    pieces, links = case["text"]["pieces"], case["links"]
    ids = torch.zeros(pieces, dtype=torch.int32)
    ids[:length] = torch.randint(FIRST_PIECE, case["text"]["vocabularySize"], (length,))
    ids[0], ids[length - 1] = CLS, SEP
    word_of_piece = torch.full((pieces,), -1, dtype=torch.int32)
    word_of_piece[1 : length - 1] = random_words(length - 2)
    words = int(word_of_piece.max()) + 1
    count = int(torch.randint(0, min(links, words) + 1, ()))
    return {
        "ids": ids,
        "mask": (torch.arange(pieces) < length).float(),
        "word_of_piece": word_of_piece,
        "position": padded(torch.randperm(words)[:count].sort().values.int(), links),
        "concept": padded(torch.randint(0, CONCEPTS, (count,), dtype=torch.int32), links),
        "negated": padded((torch.rand(count) < NEGATED_SHARE).float(), links),
        "link_mask": padded(torch.ones(count), links),
    }


def random_words(pieces):
    """The word of each of `pieces` pieces."""
    return torch.arange(pieces).repeat_interleave(torch.randint(1, 4, (pieces,)))[:pieces].int()


def padded(values, length):
    return F.pad(values, (0, length - len(values)))


def as_read(file, draws):
    """The batch as the losses take it, from both files. A negated mention is another concept."""
    masks = {name: file[name] > 0 for name in ("mask", "link_mask")}
    indices = {name: file[name].long() for name in ("ids", "word_of_piece", "position")}
    mention = (2 * file["concept"] + file["negated"].int()).long()
    same = alike(file["study"]) | alike(file["report"])
    return {
        **draws,
        **{name: file[name] for name in ("images", "negated", "queues")},
        **masks,
        **indices,
        "concept": mention,
        "concept_vectors": file["concept_vectors"][file["concept"].long()],
        "concept_weights": distinct_weights(mention, masks["link_mask"]),
        "same": same,
        "never_negative": same | same_concepts(mention, masks["link_mask"]),
    }


def alike(group):
    return group[:, None] == group


def distinct_weights(mention, mask):
    """Weights of a mean over a report's distinct concepts: equal at the first link of each, 0 at the others; [m, N]."""
    before = torch.ones(mention.shape[1], mention.shape[1], dtype=torch.bool).tril(-1)
    repeated = ((mention[:, :, None] == mention[:, None, :]) & before).any(2)
    first = (mask & ~repeated).float()
    return first / first.sum(1, keepdim=True).clamp_min(1)


def same_concepts(mention, mask):
    """[m, m]: whether two reports mention the same concepts; those without any are like no other."""
    sets = [frozenset(row[linked].tolist()) for row, linked in zip(mention, mask)]
    return torch.tensor([[len(a) > 0 and a == b for b in sets] for a in sets])
