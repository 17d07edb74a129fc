"""Prints the embeddings of images by encoder.onnx, which lies beside this file, one line of JSON each:

    pip install onnxruntime pillow numpy
    python embed.py image.jpg [more images]
"""

import io
import json
import os
import sys
from pathlib import Path

# ONNX Runtime sends usage data to its maker otherwise.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy
import onnxruntime
from PIL import Image, ImageCms, ImageOps

FOLDER = Path(__file__).resolve().parent
# Larger images are shrunk to this long side first, as those were that the encoder was trained on.
LONGEST_SIDE = 256


def read_image(path):
    """A file as uint8 [1, height, width, 3]: upright, in sRGB, transparency on white."""
    with Image.open(path) as opened:
        profile = opened.info.get("icc_profile")
        image = ImageOps.exif_transpose(opened)
        if image.mode[0] in "IF":  # more than 8 bits of grey
            if not profile:  # which value is white such files do not say; Genoise itself takes the brightest
                raise ValueError("unsupported image: more than 8 bits without a colour profile")
            image = Image.fromarray((numpy.asarray(image) >> 8).astype(numpy.uint8))
        if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
            canvas = Image.new("RGBA", image.size, "white")
            canvas.alpha_composite(image.convert("RGBA"))
            image = canvas.convert("RGB")
        if profile:
            image = to_srgb(image, profile)
        image = image.convert("RGB")
    scale = min(1, LONGEST_SIDE / max(image.size))
    size = tuple(max(1, int(side * scale + 0.5)) for side in image.size)
    if size != image.size:
        image = image.resize(size, Image.LANCZOS)
    return numpy.asarray(image, dtype=numpy.uint8)[None]


def to_srgb(image, profile):
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):  # a damaged profile, or one of another kind of image
        return image


def main(files):
    if not files:
        sys.exit("usage: python embed.py image.jpg [more images]")
    session = onnxruntime.InferenceSession(str(FOLDER / "encoder.onnx"), providers=["CPUExecutionProvider"])
    failed = False
    for file in files:
        try:
            (embedding,) = session.run(["embedding"], {"images": read_image(file)})[0]
            print(json.dumps({"file": file, "embedding": embedding.tolist()}))
        except Exception as error:
            print(json.dumps({"file": file, "error": str(error)}))
            failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
