"""Writes the fixtures of the views, made by torchvision's and PyTorch's own operations on fixed parameters.

    /usr/bin/python3 test/oracle/views/makeFixtures.py
    /usr/bin/python3 test/oracle/views/makeFixtures.py --photos FOLDER   only measures: hue in YIQ against HSV

Inputs lie around 0.45, so that no operation clamps. Hue is YIQ's rotation, in NumPy; the last fixture is torchvision's
HSV hue of a colourful picture, to bound how far the two are apart.
"""

import base64
import json
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
import torchvision.transforms.functional as TF
from PIL import Image

SLOT, SIZE = 24, 16
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")

# Height and width of each image; top, left, height and width of each crop: shrunk, enlarged, and both.
SIZES = [(24, 24), (24, 17), (9, 24)]
CROPS = [(0, 0, 24, 24), (3, 2, 5, 9), (1, 4, 8, 20)]
FLIPS = [(True, False), (False, True), (True, True)]
SIGMAS = [0.4, 1.0, 2.0]


def images():
    generator = torch.Generator().manual_seed(3)
    pixels = torch.zeros(3, 3, SLOT, SLOT, dtype=torch.uint8)
    for i, (height, width) in enumerate(SIZES):
        coarse = torch.rand(1, 3, 6, 6, generator=generator)
        smooth = F.interpolate(coarse, (height, width), mode="bicubic", align_corners=False)[0]
        noise = torch.rand(3, height, width, generator=generator)
        pixels[i, :, :height, :width] = (80 + 50 * smooth.clamp(0, 1) + 20 * noise).to(torch.uint8)
    return pixels


def colorful_picture():
    """All hues, saturations and values, smoothly."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] / (SIZE - 1)
    phases = [0, 2 * np.pi / 3, 4 * np.pi / 3]
    channels = [0.5 + (0.1 + 0.4 * y) * np.cos(2 * np.pi * x + phase) * (0.5 + 0.5 * x) for phase in phases]
    return torch.from_numpy(np.round(255 * np.stack(channels)).astype(np.uint8))


def yiq_hue(x, turns):
    """x [3, H, W] with the chrominances rotated; positive turns lead from red to yellow, as in HSV."""
    to_yiq = np.array([[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]])
    angle = -2 * np.pi * turns
    c, s = np.cos(angle), np.sin(angle)
    rotation = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    matrix = np.linalg.inv(to_yiq) @ rotation @ to_yiq
    return torch.from_numpy(np.einsum("ij,jhw->ihw", matrix, x.numpy().astype(np.float64)).astype(np.float32))


OPERATIONS = {
    "brightness": TF.adjust_brightness,
    "contrast": TF.adjust_contrast,
    "saturation": TF.adjust_saturation,
    "hue": yiq_hue,
}


def resized_crop(image, crop, size):
    top, left, height, width = crop
    part = image[None, :, top : top + height, left : left + width]
    return F.interpolate(part, (size, size), mode="bilinear", antialias=True, align_corners=False)[0]


def flipped(x, flips):
    x = TF.hflip(x) if flips[0] else x
    return TF.vflip(x) if flips[1] else x


def kernel_size(size):
    return 2 * max(1, size // 20) + 1


def blurred(x, sigma):
    return TF.gaussian_blur(x, kernel_size(x.shape[-1]), sigma)


def jittered(x, steps):
    for name, strength in steps:
        x = OPERATIONS[name](x, strength)
        assert x.min() > 0 and x.max() < 1, "an operation clamped"
    return x


def normalized(x):
    return TF.normalize(x, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


def packed(tensor):
    array = np.ascontiguousarray(tensor.numpy())
    return {"shape": list(array.shape), "base64": base64.b64encode(array.tobytes()).decode()}


JITTERS = {
    "brightness": [[("brightness", b)] for b in (0.7, 1.0, 1.4)],
    "contrast": [[("contrast", c)] for c in (0.5, 1.2, 1.7)],
    "saturation": [[("saturation", s)] for s in (0.0, 0.6, 1.8)],
    "hue": [[("hue", h)] for h in (-0.2, 0.05, 0.5)],
    "orders": [
        [("brightness", 0.8), ("contrast", 1.3), ("saturation", 1.4), ("hue", 0.1)],
        [("hue", -0.1), ("saturation", 0.7), ("contrast", 0.6), ("brightness", 1.3)],
        [("contrast", 1.2), ("hue", 0.15), ("brightness", 1.1), ("saturation", 0.5)],
    ],
}


def make_fixtures():
    pixels = images()
    x = pixels.float() / 255
    each = range(len(SIZES))
    stack = lambda make: packed(torch.stack([make(i) for i in each]))
    crops = [resized_crop(x[i], CROPS[i], SIZE) for i in each]
    wide = 60
    jitters = {
        name: {"steps": steps, "output": stack(lambda i: jittered(crops[i], steps[i]))}
        for name, steps in JITTERS.items()
    }
    chain = lambda i: jittered(blurred(flipped(crops[i], FLIPS[i]), SIGMAS[i]), JITTERS["orders"][i])
    finished = [TF.rgb_to_grayscale(chain(0), 3), chain(1), TF.solarize(chain(2), 0.5)]
    picture = colorful_picture()
    fixtures = {
        "slot": SLOT,
        "size": SIZE,
        "pixels": packed(pixels),
        "sizes": SIZES,
        "crops": CROPS,
        "flips": FLIPS,
        "sigmas": SIGMAS,
        "crop": stack(lambda i: crops[i]),
        "flip": stack(lambda i: flipped(crops[i], FLIPS[i])),
        "blur": stack(lambda i: blurred(crops[i], SIGMAS[i])),
        "wideBlur": {"size": wide, "output": packed(blurred(resized_crop(x[0], CROPS[0], wide), 2.0)[None, :1])},
        "jitters": jitters,
        "grayscale": stack(lambda i: TF.rgb_to_grayscale(crops[i], 3)),
        "solarize": stack(lambda i: TF.solarize(crops[i], 0.5)),
        "chain": stack(lambda i: normalized(finished[i])),
        "whole": stack(lambda i: normalized(resized_crop(x[i], (0, 0, *SIZES[i]), SIZE))),
        "picture": packed(picture),
        "hsvHue": [
            {"turns": turns, "output": packed(TF.adjust_hue(picture.float() / 255, turns))} for turns in (-0.1, 0.1)
        ],
    }
    path = os.path.join(ROOT, "test", "fixtures", "views", "views.json")
    with open(path, "w") as file:
        json.dump(fixtures, file, separators=(",", ":"))
        file.write("\n")
    print(path, os.path.getsize(path), "bytes")


def measure_hue(folder):
    """Differences in units of 1 = full range, over all pixels and channels, after clamping."""
    paths = sorted(os.path.join(base, name) for base, _, names in os.walk(folder) for name in names)[::20]
    photos = [TF.to_tensor(Image.open(path).convert("RGB")) for path in paths]
    print(len(photos), "photographs")
    for turns in (0.02, 0.05, 0.1, 0.2):
        for sign in (-1, 1):
            hsv = torch.cat([TF.adjust_hue(x, sign * turns).flatten() for x in photos])
            yiq = torch.cat([yiq_hue(x, sign * turns).clamp(0, 1).flatten() for x in photos])
            same = torch.cat([x.flatten() for x in photos])
            apart = (hsv - yiq).abs().numpy()
            change = (hsv - same).abs().numpy()
            clamped = np.mean([((y := yiq_hue(x, sign * turns)) < 0).float().mean() + (y > 1).float().mean() for x in photos])
            print(
                f"hue {sign * turns:+.2f}: |YIQ - HSV| mean {apart.mean():.4f}, 95 % {np.quantile(apart, .95):.4f},"
                f" 99 % {np.quantile(apart, .99):.4f}; HSV's own change mean {change.mean():.4f}; clamped {clamped:.4f}"
            )


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--photos":
        measure_hue(sys.argv[2])
    else:
        make_fixtures()
