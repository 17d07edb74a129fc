"""PyTorch's training steps of `npm run bench -- step`, `train` and `gpu`: models and losses in plain eager code."""

import time

import torch
import torch.nn as nn
import torch.nn.functional as F


def matmul_rate(n=1024, repeats=10):
    a, b = torch.randn(n, n), torch.randn(n, n)
    a @ b
    start = time.perf_counter()
    for _ in range(repeats):
        a @ b
    return 2 * n**3 * repeats / (time.perf_counter() - start) / 1e9


def configuration():
    """How PyTorch was built, and its rate of a matrix product on the CPU."""
    return {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "matmulGflops": round(matmul_rate(), 1),
        "configuration": torch.__config__.show(),
        "parallel": torch.__config__.parallel_info(),
    }


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


def resnet(depths, expansion, stem, standard_stem):
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


def standardized(z):
    return (z - z.mean(0)) / (z.var(0, unbiased=False) + 1e-5).sqrt()


class Step:
    """A step on ready-made views: forward, backward, update.

    `request`: `method` (simclr or barlow-twins), `encoder`, `pairs`, `stem` (its channels), `imageSize`,
    `standardStem`, `layout` (contiguous or channels_last). `autocast`: a dtype, or None.
    """

    def __init__(self, request, device="cpu", autocast=None):
        self.pairs, self.device, self.autocast = request["pairs"], device, autocast
        size = request["imageSize"]
        layout = torch.channels_last if request["layout"] == "channels_last" else torch.contiguous_format
        self.simclr = request["method"] == "simclr"
        depths, expansion = architectures[request["encoder"]]
        encoder, features = resnet(depths, expansion, request["stem"], request["standardStem"])
        projector = head(features, [features, 128], True) if self.simclr else head(features, [2048, 2048], False)
        self.model = nn.Sequential(encoder, projector).to(device, memory_format=layout)
        self.optimizer = torch.optim.SGD(self.model.parameters(), 0.01, 0.9, weight_decay=5e-4)
        shape = (self.pairs, 3, size, size)
        self.views = [torch.randn(*shape).to(device, memory_format=layout) for _ in range(2)]
        count = torch.arange(self.pairs)
        self.positives = torch.cat([count + self.pairs, count]).to(device)
        self.diagonal = torch.eye(2 * self.pairs, dtype=torch.bool, device=device)

    def simclr_loss(self):
        z = F.normalize(self.model(torch.cat(self.views)).float())
        similarities = (z @ z.t() / 0.5).masked_fill(self.diagonal, float("-inf"))
        return F.cross_entropy(similarities, self.positives)

    def barlow_twins_loss(self):
        a, b = (standardized(self.model(view).float()) for view in self.views)
        c = a.t() @ b / self.pairs
        on_diagonal = (torch.diagonal(c) - 1).square().sum()
        off_diagonal = c.square().sum() - torch.diagonal(c).square().sum()
        return 0.1 * (on_diagonal + 5e-3 * off_diagonal)

    def run(self):
        """One step; the loss stays where it was computed."""
        with torch.autocast(self.device, dtype=self.autocast or torch.bfloat16, enabled=self.autocast is not None):
            loss = self.simclr_loss() if self.simclr else self.barlow_twins_loss()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss.detach()
