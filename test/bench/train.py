"""PyTorch's side of `npm run bench -- train`: JPEG files, torchvision's views in a DataLoader, and a training step.

Argument: a JSON object as `step.py` takes it, with `data` (a folder of class folders), `workers` (of the DataLoader).
Prints one JSON line with its configuration, then for each line read, {"uncounted", "steps"}, takes so many steps and
prints {"seconds", "loss"}: the seconds of those that count.
"""

import json
import sys
import time

import torch
import torchvision
from torch.utils.data import DataLoader
from torchvision import transforms as T
from torchvision.datasets import ImageFolder

from torch_step import Step, configuration

request = json.loads(sys.argv[1])
torch.set_num_threads(request["threads"])
torch.manual_seed(0)


class TwoViews:
    def __init__(self, transform):
        self.transform = transform

    def __call__(self, image):
        return self.transform(image), self.transform(image)


def simclr_views(size):
    """SimCLR's for small images (appendix B.9): strength 1/2 and no blur."""
    return T.Compose(
        [
            T.RandomResizedCrop(size),
            T.RandomHorizontalFlip(),
            T.RandomApply([T.ColorJitter(0.4, 0.4, 0.4, 0.1)], 0.8),
            T.RandomGrayscale(0.2),
            T.ToTensor(),
        ]
    )


def batches():
    """Pairs of views [B, 3, H, W] without end, each epoch in another order."""
    images = ImageFolder(request["data"], TwoViews(simclr_views(request["imageSize"])))
    workers = request["workers"]
    loader = DataLoader(
        images,
        batch_size=request["pairs"],
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        persistent_workers=workers > 0,
    )
    while True:
        for views, _ in loader:
            yield views


def main():
    step = Step(request)
    layout = torch.channels_last if request["layout"] == "channels_last" else torch.contiguous_format
    # As ours: of a whole batch at once, which is less work than an image at a time.
    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    source = batches()

    def take():
        step.views = [view.sub_(mean).div_(std).to(memory_format=layout) for view in next(source)]
        return step.run().item()

    print(json.dumps({**configuration(), "torchvision": torchvision.__version__}), flush=True)
    for line in sys.stdin:
        turn = json.loads(line)
        for _ in range(turn["uncounted"]):
            loss = take()
        start = time.perf_counter()
        for _ in range(turn["steps"]):
            loss = take()
        print(json.dumps({"seconds": time.perf_counter() - start, "loss": loss}), flush=True)


main()
