"""The other side of `npm run bench -- import`: PIL decodes, torchvision resizes, a DataLoader with a worker a core.

import.py FOLDER M WORKERS [draft]: reads every image once into uint8 slots [3, M, M], which reach the main process in
batches of 64 as in a training, and prints one JSON line. With `draft` PIL decodes a large JPEG at a fraction of its size.
The time begins before the files are listed and the workers are started, and after the libraries are loaded.
"""
import json
import os
import sys
import time

import PIL
import torch
import torchvision
from PIL import Image, ImageOps
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F

torch.set_num_threads(1)


class Slots(Dataset):
    def __init__(self, folder, side, draft):
        self.side = side
        self.draft = draft
        self.files = sorted(
            os.path.join(where, name)
            for where, _, names in os.walk(folder)
            for name in names
            if name.lower().endswith((".jpg", ".jpeg", ".png"))
        )

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        with Image.open(self.files[index]) as image:
            if self.draft:
                image.draft("RGB", (self.side, self.side))
            image = ImageOps.exif_transpose(image).convert("RGB")
        scale = min(1.0, self.side / max(image.size))
        width, height = (max(1, round(length * scale)) for length in image.size)
        if scale < 1:
            image = F.resize(image, [height, width], InterpolationMode.LANCZOS)
        slot = torch.zeros(3, self.side, self.side, dtype=torch.uint8)
        slot[:, :height, :width] = F.pil_to_tensor(image)
        return slot


def main():
    folder, side, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    start = time.perf_counter()
    slots = Slots(folder, side, draft=sys.argv[4:] == ["draft"])
    count = sum(len(batch) for batch in DataLoader(slots, batch_size=64, num_workers=workers))
    seconds = time.perf_counter() - start
    versions = {"PIL": PIL.__version__, "torch": torch.__version__, "torchvision": torchvision.__version__}
    print(json.dumps({"images": count, "seconds": seconds, "versions": versions}))


main()
