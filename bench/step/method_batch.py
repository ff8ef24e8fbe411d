"""A batch of the whole method at the sizes of cases.json, as both sides read it: everything random is in it.

m rows, L pieces, T = L - 2 words, N links a report at most, K prototypes, Q rows of a queue, d embedding width.
Rows 2 and 5 are of one study, rows 7 and 9 have the same report. Whole numbers are int32, masks 0 or 1 in float32.
"""
import torch
import torch.nn.functional as F

CLS, SEP, FIRST_PIECE = 101, 102, 999
SAME_STUDY, SAME_REPORT = (2, 5), (7, 9)
CONCEPTS, NEGATED_SHARE = 60, 0.2


def method_batch(case):
    rows, side = case["batch"], case["vision"]["imageSize"]
    study, report = torch.arange(rows), torch.arange(rows)
    study[SAME_STUDY[1]], report[SAME_REPORT[1]] = SAME_STUDY[0], SAME_REPORT[0]
    reports = make_reports(case)
    reports = {name: values[report] for name, values in reports.items()}
    same_concepts = concept_sets_equal(reports["concept"], reports["link_mask"])
    uniform = torch.rand(2, rows)
    return {
        "images": torch.randint(0, 256, (rows, side, side)).float(),
        **reports,
        "same": ((study[:, None] == study) | (report[:, None] == report)).float(),
        "same_concepts": same_concepts.float(),
        "uniform_image": uniform[0],
        "uniform_text": uniform[1],
        "swapped": (torch.rand(rows) < 0.5).float(),
        "queues": F.normalize(torch.randn(3, case["queue"], case["embeddingWidth"]), dim=-1),
    }


def make_reports(case):
    """Reports of half to all of the pieces, in words of 1 to 3 pieces, with 0 to N linked words."""
    vectors = torch.randn(CONCEPTS, case["conceptWidth"])
    lengths = torch.linspace(case["text"]["pieces"] // 2, case["text"]["pieces"], case["batch"]).long()
    reports = [make_report(case, int(length), vectors) for length in lengths]
    return {name: torch.stack([report[name] for report in reports]) for name in reports[0]}


def make_report(case, length, vectors):
    pieces, links = case["text"]["pieces"], case["links"]
    ids = torch.zeros(pieces, dtype=torch.int32)
    ids[:length] = torch.randint(FIRST_PIECE, case["text"]["vocabularySize"], (length,))
    ids[0], ids[length - 1] = CLS, SEP
    word_of_piece = torch.full((pieces,), -1, dtype=torch.int32)
    word_of_piece[1 : length - 1] = random_words(length - 2)
    words = int(word_of_piece.max()) + 1
    count = int(torch.randint(0, min(links, words) + 1, ()))
    concept, negated = torch.randint(0, CONCEPTS, (count,)), torch.rand(count) < NEGATED_SHARE
    mention = 2 * concept + negated
    return {
        "ids": ids,
        "mask": (torch.arange(pieces) < length).float(),
        "word_of_piece": word_of_piece,
        "position": padded(torch.randperm(words)[:count].sort().values.int(), links),
        "concept": padded(mention.int(), links),
        "link_mask": padded(torch.ones(count), links),
        "negated": padded(negated.float(), links),
        "concept_vectors": padded(vectors[concept], links),
        "concept_weights": padded(first_mentions(mention), links),
    }


def random_words(pieces):
    """Word of each of `pieces` pieces, in words of 1 to 3."""
    return torch.arange(pieces).repeat_interleave(torch.randint(1, 4, (pieces,)))[:pieces].int()


def first_mentions(mention):
    """Weights of a mean over the distinct concepts: equal at the first link of each, 0 at the others."""
    first = torch.tensor([m not in mention[:i] for i, m in enumerate(mention)], dtype=torch.float32)
    return first / first.sum().clamp_min(1)


def padded(values, length):
    result = values.new_zeros(length, *values.shape[1:])
    result[: len(values)] = values
    return result


def concept_sets_equal(concept, link_mask):
    sets = [frozenset(c[m > 0].tolist()) for c, m in zip(concept, link_mask)]
    return torch.tensor([[a == b for b in sets] for a in sets])
