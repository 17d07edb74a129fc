"""PyTorch's side of `npm run bench -- step`: one training step, timed each time a line comes in.

Argument: a JSON object of `method` (simclr or barlow-twins), `encoder` (resnet18 or resnet50), `pairs`, `stem` (its
channels), `imageSize`, `standardStem`, `layout` (contiguous or channels_last), `threads`.
Prints one JSON line with its configuration, then for each line read one JSON line {"milliseconds", "loss"}.
"""

import json
import sys
import time

import torch

from torch_step import Step, configuration

request = json.loads(sys.argv[1])
torch.set_num_threads(request["threads"])
torch.manual_seed(0)
step = Step(request)

print(json.dumps(configuration()), flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    loss = step.run().item()
    print(json.dumps({"milliseconds": (time.perf_counter() - start) * 1000, "loss": loss}), flush=True)
