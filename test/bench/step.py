"""PyTorch's side of `npm run bench -- step`: one SimCLR training step, timed each time a line comes in.

Arguments: pairs, width of the stem, image size, memory format (contiguous or channels_last).
Prints one JSON line with its configuration, then for each line read one JSON line {"milliseconds", "loss"}.
"""

import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

pairs, stem, size = (int(v) for v in sys.argv[1:4])
layout = torch.channels_last if sys.argv[4] == "channels_last" else torch.contiguous_format
threads = int(sys.argv[5])
torch.set_num_threads(threads)
torch.manual_seed(0)


class BasicBlock(nn.Module):
    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = None
        if stride != 1 or channels_in != channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(channels_in, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return F.relu(self.bn2(self.conv2(y)) + shortcut, inplace=True)


def resnet18():
    layers = [nn.Conv2d(3, stem, 3, 1, 1, bias=False), nn.BatchNorm2d(stem), nn.ReLU(inplace=True)]
    channels = stem
    for stage in range(4):
        for block in range(2):
            stride = 2 if stage > 0 and block == 0 else 1
            layers.append(BasicBlock(channels, stem << stage, stride))
            channels = stem << stage
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()), channels


encoder, features = resnet18()
projector = nn.Sequential(
    nn.Linear(features, features, bias=False),
    nn.BatchNorm1d(features),
    nn.ReLU(inplace=True),
    nn.Linear(features, 128, bias=False),
    nn.BatchNorm1d(128),
)
model = nn.Sequential(encoder, projector).to(memory_format=layout)
optimizer = torch.optim.SGD(model.parameters(), 0.01, 0.9, weight_decay=5e-4)
views = torch.randn(2 * pairs, 3, size, size).to(memory_format=layout)
positives = torch.cat([torch.arange(pairs) + pairs, torch.arange(pairs)])
diagonal = torch.eye(2 * pairs, dtype=torch.bool)


def step():
    z = F.normalize(model(views))
    similarities = (z @ z.t() / 0.5).masked_fill(diagonal, float("-inf"))
    loss = F.cross_entropy(similarities, positives)
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
}
print(json.dumps(configuration), flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    loss = step()
    print(json.dumps({"milliseconds": (time.perf_counter() - start) * 1000, "loss": loss}), flush=True)
