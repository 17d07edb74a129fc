"""Loads encoder.safetensors into torchvision's ResNet-18 (at width 0.125, with the small stem) and embeds pixels.

    /usr/bin/python3 loadEncoder.py encoder.safetensors pixels      (uint8 [2, 16, 16, 3])
"""

import json
import sys

import numpy
import torch
from torch import nn
from torchvision.models import resnet


def read_safetensors(path):
    data = open(path, "rb").read()
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header.pop("__metadata__")
    return {
        name: torch.from_numpy(
            numpy.frombuffer(data[start:][slice(*entry["data_offsets"])], dtype="<f4").reshape(entry["shape"]).copy()
        )
        for name, entry in header.items()
    }


class Narrow(resnet.ResNet):
    def __init__(self):
        self.started = False
        super().__init__(resnet.BasicBlock, [2, 2, 2, 2])
        self.conv1 = nn.Conv2d(3, 8, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.maxpool = nn.Identity()

    def _make_layer(self, block, planes, blocks, **options):
        if not self.started:
            self.inplanes, self.started = 8, True
        return super()._make_layer(block, planes // 8, blocks, **options)


network = Narrow().eval()
loaded = network.load_state_dict(read_safetensors(sys.argv[1]), strict=False)
network.fc = nn.Identity()
pixels = torch.from_numpy(numpy.fromfile(sys.argv[2], dtype=numpy.uint8).reshape(2, 16, 16, 3))
mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
with torch.no_grad():
    embedding = network(((pixels / 255 - mean) / std).permute(0, 3, 1, 2))
print(
    json.dumps(
        {
            "missing": [name for name in loaded.missing_keys if not name.endswith("num_batches_tracked")],
            "unexpected": loaded.unexpected_keys,
            "embedding": embedding.flatten().tolist(),
        }
    )
)
