"""PyTorch's side of `npm run bench -- step`: one training step, timed each time a line comes in.

Argument: a JSON object of `method` (simclr or barlow-twins), `encoder` (resnet18 or resnet50), `pairs`, `stem` (its
channels), `imageSize`, `standardStem`, `layout` (contiguous or channels_last), `threads`.
Prints one JSON line with its configuration, then for each line read one JSON line {"milliseconds", "loss"}.
"""

import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

request = json.loads(sys.argv[1])
pairs, stem, size = request["pairs"], request["stem"], request["imageSize"]
layout = torch.channels_last if request["layout"] == "channels_last" else torch.contiguous_format
torch.set_num_threads(request["threads"])
torch.manual_seed(0)


def conv(channels_in, channels, kernel, stride=1):
    return nn.Conv2d(channels_in, channels, kernel, stride, kernel // 2, bias=False)


class Block(nn.Module):
    """A residual block of torchvision's ResNet, basic or bottleneck."""

    def __init__(self, channels_in, channels, stride, expansion):
        super().__init__()
        wide = channels * expansion
        if expansion == 1:
            shapes = [(channels_in, channels, 3, stride), (channels, channels, 3, 1)]
        else:
            shapes = [(channels_in, channels, 1, 1), (channels, channels, 3, stride), (channels, wide, 1, 1)]
        self.convs = nn.ModuleList(conv(*shape) for shape in shapes)
        self.norms = nn.ModuleList(nn.BatchNorm2d(shape[1]) for shape in shapes)
        self.downsample = None
        if stride != 1 or channels_in != wide:
            self.downsample = nn.Sequential(conv(channels_in, wide, 1, stride), nn.BatchNorm2d(wide))

    def forward(self, x):
        y = x
        last = len(self.convs) - 1
        for i, (layer, norm) in enumerate(zip(self.convs, self.norms)):
            y = norm(layer(y))
            if i < last:
                y = F.relu(y, inplace=True)
        return F.relu(y + (x if self.downsample is None else self.downsample(x)), inplace=True)


def resnet(depths, expansion, standard_stem):
    layers = [conv(3, stem, 7, 2) if standard_stem else conv(3, stem, 3), nn.BatchNorm2d(stem), nn.ReLU(inplace=True)]
    if standard_stem:
        layers.append(nn.MaxPool2d(3, 2, 1))
    channels = stem
    for stage, depth in enumerate(depths):
        for block in range(depth):
            stride = 2 if stage > 0 and block == 0 else 1
            layers.append(Block(channels, stem << stage, stride, expansion))
            channels = (stem << stage) * expansion
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()), channels


def head(features, widths, normalize_last):
    layers = []
    for i, width in enumerate(widths):
        last = i == len(widths) - 1
        normalized = not last or normalize_last
        layers.append(nn.Linear(features, width, bias=not normalized))
        if normalized:
            layers.append(nn.BatchNorm1d(width))
        if not last:
            layers.append(nn.ReLU(inplace=True))
        features = width
    return nn.Sequential(*layers)


architectures = {"resnet18": ([2, 2, 2, 2], 1), "resnet34": ([3, 4, 6, 3], 1), "resnet50": ([3, 4, 6, 3], 4)}
simclr = request["method"] == "simclr"
encoder, features = resnet(*architectures[request["encoder"]], request["standardStem"])
projector = head(features, [features, 128], True) if simclr else head(features, [2048, 2048], False)
model = nn.Sequential(encoder, projector).to(memory_format=layout)
optimizer = torch.optim.SGD(model.parameters(), 0.01, 0.9, weight_decay=5e-4)
views = [torch.randn(pairs, 3, size, size).to(memory_format=layout) for _ in range(2)]
positives = torch.cat([torch.arange(pairs) + pairs, torch.arange(pairs)])
diagonal = torch.eye(2 * pairs, dtype=torch.bool)


def simclr_loss():
    z = F.normalize(model(torch.cat(views)))
    similarities = (z @ z.t() / 0.5).masked_fill(diagonal, float("-inf"))
    return F.cross_entropy(similarities, positives)


def standardized(z):
    return (z - z.mean(0)) / (z.var(0, unbiased=False) + 1e-5).sqrt()


def barlow_twins_loss():
    a, b = (standardized(model(view)) for view in views)
    c = a.t() @ b / pairs
    on_diagonal = (torch.diagonal(c) - 1).square().sum()
    off_diagonal = c.square().sum() - torch.diagonal(c).square().sum()
    return 0.1 * (on_diagonal + 5e-3 * off_diagonal)


def step():
    loss = simclr_loss() if simclr else barlow_twins_loss()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss.item()


def matmul_rate(n=1024, repeats=10):
    a, b = torch.randn(n, n), torch.randn(n, n)
    a @ b
    start = time.perf_counter()
    for _ in range(repeats):
        a @ b
    return 2 * n**3 * repeats / (time.perf_counter() - start) / 1e9


configuration = {
    "torch": torch.__version__,
    "threads": torch.get_num_threads(),
    "matmulGflops": round(matmul_rate(), 1),
    "configuration": torch.__config__.show(),
    "parallel": torch.__config__.parallel_info(),
}
print(json.dumps(configuration), flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    loss = step()
    print(json.dumps({"milliseconds": (time.perf_counter() - start) * 1000, "loss": loss}), flush=True)
