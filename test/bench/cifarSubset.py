"""Makes the folder that `npm run bench -- photographs` takes from the public Python version of CIFAR-10.

    python3 cifarSubset.py cifar-10-batches-py cifar10-12k

For each of the ten classes the first 1,000 images of the training batches, in their order, go to train/<class>/ and the
first 200 of the test batch to test/<class>/, as 32 x 32 JPEG files of quality 75. Needs Pillow and NumPy.
"""

import pickle
import sys
from pathlib import Path

from PIL import Image

source, target = Path(sys.argv[1]), Path(sys.argv[2])


def load(name):
    with open(source / name, "rb") as file:
        return pickle.load(file, encoding="bytes")


names = [name.decode() for name in load("batches.meta")[b"label_names"]]


def write(part, batches, per_class):
    written = dict.fromkeys(names, 0)
    for batch in batches:
        content = load(batch)
        for pixels, label in zip(content[b"data"], content[b"labels"]):
            name = names[label]
            if written[name] == per_class:
                continue
            folder = target / part / name
            folder.mkdir(parents=True, exist_ok=True)
            image = Image.fromarray(pixels.reshape(3, 32, 32).transpose(1, 2, 0))
            image.save(folder / f"{written[name]:04d}.jpg", quality=75)
            written[name] += 1


write("train", [f"data_batch_{i}" for i in range(1, 6)], 1000)
write("test", ["test_batch"], 200)
