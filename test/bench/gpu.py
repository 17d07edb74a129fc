"""PyTorch's side of `npm run bench -- gpu`, eager, on the GPU (or, for a dry run, on the CPU).

Argument: a JSON object of `device` (cuda or cpu), `seconds` of each part, `n` and `megabytes` of the ceilings, `shapes`
(as in `torch_step.Step`). Prints one JSON line a part: {"part", "value", "unit", "details"} or {"part", "error"}.
"""

import json
import sys
import time

import torch

from torch_step import Step

request = json.loads(sys.argv[1])
device, seconds = request["device"], request["seconds"]
on_gpu = device == "cuda"
# TF32 as PyTorch sets it: convolutions use it, products of matrices do not.
default_tf32 = (torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32)
modes = {
    "default": (default_tf32, None),
    "fp32": ((False, False), None),
    "bf16 autocast": (default_tf32, torch.bfloat16),
}


def wait():
    if on_gpu:
        torch.cuda.synchronize()


def rate(run):
    """Runs a second, once all is warm."""
    for _ in range(3 if on_gpu else 1):
        run()
    wait()
    begin, runs = time.perf_counter(), 0
    while runs == 0 or time.perf_counter() - begin < seconds:
        run()
        runs += 1
        # What is asked for and not done yet must not grow beyond the time that is measured.
        if runs % 8 == 0:
            wait()
    wait()
    return runs / (time.perf_counter() - begin)


def set_tf32(flags):
    torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32 = flags


def matmul(dtype, tf32):
    set_tf32((tf32, tf32))
    n = request["n"]
    a, b = (torch.randn(n, n, device=device).to(dtype) for _ in range(2))
    return {"value": 2 * n**3 * rate(lambda: a @ b) / 1e9, "unit": "GFLOP/s"}


def copy():
    x = torch.ones(request["megabytes"], 1 << 18, device=device)
    return {"value": 2 * x.numel() * 4 * rate(lambda: x + 1) / 1e9, "unit": "GB/s"}


def step(shape, layout, mode):
    tf32, autocast = modes[mode]
    set_tf32(tf32)
    if on_gpu:
        torch.cuda.reset_peak_memory_stats()
    torch.manual_seed(0)
    training = Step({**shape, "layout": layout}, device, autocast)
    steps = rate(training.run)
    memory = torch.cuda.max_memory_allocated() / 2**20 if on_gpu else None
    return {
        "value": shape["pairs"] * steps,
        "unit": "images/s",
        "details": {"stepMilliseconds": 1000 / steps, "peakMegabytes": memory},
    }


parts = [
    ("matmul fp32", lambda: matmul(torch.float32, False)),
    ("matmul TF32", lambda: matmul(torch.float32, True)),
    ("matmul bf16", lambda: matmul(torch.bfloat16, False)),
    ("copy", copy),
]
for shape in request["shapes"]:
    for mode in modes:
        for layout in ("contiguous", "channels_last"):
            # Bound now: the loop goes on before the part is run.
            run = lambda shape=shape, layout=layout, mode=mode: step(shape, layout, mode)  # noqa: E731
            parts.append((f"{shape['name']}, {mode}, {layout}", run))

name = torch.cuda.get_device_name() if on_gpu else "CPU"
print(json.dumps({"part": "PyTorch", "value": None, "unit": torch.__version__, "details": {"device": name}}), flush=True)
for part, run in parts:
    try:
        result = run()
    except Exception as error:  # A part that fails must not cost the others.
        result = {"error": str(error)[:300]}
    if on_gpu:
        torch.cuda.empty_cache()
    print(json.dumps({"part": part, **result}), flush=True)
