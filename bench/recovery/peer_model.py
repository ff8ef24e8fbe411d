"""What the PyTorch sides of the `recovery` benchmark train: the two encoders and the contrast of mlip's recipe clip-nano."""
import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

SIZES = json.loads((Path(__file__).parent / "sizes.json").read_text())
WORKERS = 2
ROWS = SIZES["batch"] // WORKERS
TEMPERATURE = 0.07


class Encoder(nn.Module):
    """Tokens with positions through a pre-norm transformer; the mean of the tokens through a head, of length 1."""

    def __init__(self, stem, tokens, layers):
        super().__init__()
        width, embedding = SIZES["width"], SIZES["embeddingWidth"]
        layer = nn.TransformerEncoderLayer(
            width, SIZES["heads"], SIZES["mlpWidth"], dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.stem = stem
        self.positions = nn.Parameter(0.02 * torch.randn(tokens, width))
        self.layers = nn.TransformerEncoder(layer, layers, norm=nn.LayerNorm(width), enable_nested_tensor=False)
        self.head = nn.Sequential(
            nn.Linear(width, SIZES["headWidth"]), nn.ReLU(), nn.Linear(SIZES["headWidth"], embedding)
        )

    def forward(self, inputs):
        return F.normalize(self.head(self.layers(self.stem(inputs) + self.positions).mean(1)), dim=-1)


class Patches(nn.Module):
    """[rows, 3, side, side] to [rows, patches, width]."""

    def __init__(self):
        super().__init__()
        self.project = nn.Conv2d(3, SIZES["width"], SIZES["patchSize"], stride=SIZES["patchSize"])

    def forward(self, images):
        return self.project(images).flatten(2).transpose(1, 2)


class DualEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        patches = (SIZES["imageSize"] // SIZES["patchSize"]) ** 2
        self.vision = Encoder(Patches(), patches, SIZES["visionLayers"])
        self.text = Encoder(nn.Embedding(SIZES["vocabularySize"], SIZES["width"]), SIZES["pieces"], SIZES["textLayers"])

    def forward(self, images, pieces):
        """The contrast of this worker's rows among themselves."""
        logits = self.vision(images) @ self.text(pieces).T / TEMPERATURE
        targets = torch.arange(len(images))
        return (F.cross_entropy(logits, targets) + F.cross_entropy(logits.T, targets)) / 2


def make_model():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    return DualEncoder()


def make_batch(number, worker):
    """Rows of a worker in a step, from nothing but the numbers: images [rows, 3, side, side] and pieces [rows, pieces]."""
    generator = torch.Generator().manual_seed(number * WORKERS + worker)
    side = SIZES["imageSize"]
    images = torch.randn(ROWS, 3, side, side, generator=generator)
    pieces = torch.randint(SIZES["vocabularySize"], (ROWS, SIZES["pieces"]), generator=generator)
    return images, pieces


def make_optimizer(model):
    return torch.optim.AdamW(model.parameters(), lr=SIZES["learningRate"], weight_decay=0.05)
