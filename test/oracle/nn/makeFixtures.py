"""Writes test/fixtures/nn/*.json: what PyTorch makes of values that both sides compute from one formula.

    apt-get install python3-torch python3-torchvision     (Debian)
    /usr/bin/python3 test/oracle/nn/makeFixtures.py

Everything is in float64, so that no ReLU falls to the other side of its kink. `formulaValues.ts` is the same
formula in TypeScript.
"""

import json
from pathlib import Path

import numpy
import torch
from torch import nn
from torchvision.models import regnet, resnet

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "nn"
torch.set_default_dtype(torch.float64)


def formula(name, shape):
    """Uniform in [-1, 1): the murmur3 finaliser of (index + FNV-1a of the name)."""
    start = 0x811C9DC5
    for byte in name.encode():
        start = ((start ^ byte) * 0x01000193) & 0xFFFFFFFF
    count = int(numpy.prod(shape))
    h = (numpy.arange(count, dtype=numpy.uint64) + start) & 0xFFFFFFFF
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h = ((h ^ (h >> shift)) * factor) & 0xFFFFFFFF
    h ^= h >> 16
    return torch.from_numpy(h.astype(numpy.float64) / 2**31 - 1).reshape(shape)


def rounded(value):
    """To 12 digits, lists of them too."""
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.12g}")


def numbers(tensor):
    return rounded(tensor.detach().flatten().tolist())


def sketch(tensor):
    """The Euclidean norm and the first three elements."""
    flat = tensor.detach().flatten()
    return rounded([float(flat.norm())] + flat[:3].tolist())


def write(name, content):
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(path.name, path.stat().st_size)


# --- networks


class ScaledResNet(resnet.ResNet):
    """torchvision's ResNet with every channel count multiplied, and CIFAR's stem where asked."""

    def __init__(self, block, layers, width, stem):
        self.width, self.started = width, False
        super().__init__(block, layers)
        out = round(64 * width)
        if stem == "small":
            self.conv1 = nn.Conv2d(3, out, 3, 1, 1, bias=False)
            self.maxpool = nn.Identity()
        else:
            self.conv1 = nn.Conv2d(3, out, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.fc = nn.Identity()

    def _make_layer(self, block, planes, blocks, **options):
        if not self.started:
            self.inplanes, self.started = round(64 * self.width), True
        return super()._make_layer(block, round(planes * self.width), blocks, **options)


NETWORKS = {
    "resnet18": (resnet.BasicBlock, [2, 2, 2, 2]),
    "resnet34": (resnet.BasicBlock, [3, 4, 6, 3]),
    "resnet50": (resnet.Bottleneck, [3, 4, 6, 3]),
    "resnet101": (resnet.Bottleneck, [3, 4, 23, 3]),
    "resnet152": (resnet.Bottleneck, [3, 8, 36, 3]),
}
REGNETS = {
    "regnet_y_400mf": ([48, 104, 208, 440], [1, 3, 6, 6], 8),
    "regnet_y_800mf": ([64, 144, 320, 784], [1, 3, 8, 2], 16),
    "regnet_y_3_2gf": ([72, 216, 576, 1512], [2, 5, 13, 1], 24),
    "regnet_y_8gf": ([224, 448, 896, 2016], [2, 4, 10, 1], 56),
}


def scaled_regnet(name, width, stem):
    """torchvision's RegNet with stages of whole groups, and a stem without stride where asked."""
    widths, depths, group = REGNETS[name]
    stages = [group * max(1, int(w * width / group + 0.5)) for w in widths]
    params = regnet.BlockParams(depths, stages, [group] * 4, [1.0] * 4, [2] * 4, se_ratio=0.25)
    network = regnet.RegNet(params, stem_width=max(8, round(32 * width)))
    if stem == "small":
        network.stem[0].stride = (1, 1)
    network.fc = nn.Identity()
    return network


def starting_value(name, shape):
    value = formula(name, shape)
    if name.endswith("running_mean"):
        return 0.1 * value
    if name.endswith("running_var"):
        return 1 + 0.5 * value
    if len(shape) == 1:
        return (1 if name.endswith("weight") else 0) + 0.3 * value
    return value * (6 / (shape[0] * shape[2] * shape[3])) ** 0.5


def scaled_network(name, width, stem):
    is_regnet = name in REGNETS
    network = scaled_regnet(name, width, stem) if is_regnet else ScaledResNet(*NETWORKS[name], width, stem)
    state = network.state_dict()
    for key, value in state.items():
        if not key.endswith("num_batches_tracked"):
            state[key] = starting_value(key, tuple(value.shape))
    network.load_state_dict(state)
    return network


def network_case(name, width, stem, image_size, batch):
    network = scaled_network(name, width, stem)
    images = 2 * formula("images", (batch, 3, image_size, image_size))
    with torch.no_grad():
        inference = network.eval()(images)
    training = network.train()(images)
    (training * formula("loss", tuple(training.shape))).sum().backward()
    buffers = {key: sketch(value) for key, value in network.named_buffers() if "running" in key}
    gradients = {key: sketch(value.grad) for key, value in network.named_parameters()}
    return {
        "name": name,
        "width": width,
        "stem": stem,
        "imageSize": image_size,
        "batch": batch,
        "training": numbers(training),
        "inference": numbers(inference),
        "runningStatistics": buffers,
        "gradients": gradients,
    }


def published_variables():
    def shapes(name):
        state = getattr(regnet if name in REGNETS else resnet, name)().state_dict()
        return {
            key: list(value.shape)
            for key, value in state.items()
            if not key.startswith("fc.") and not key.endswith("num_batches_tracked")
        }

    return {name: shapes(name) for name in [*NETWORKS, *REGNETS]}


# --- batch normalisation


def batch_norm_case(name, shape, splits=1, affine=True, calls=1):
    """`calls` batches in turn through one layer; each batch in `splits` groups, sample i in group i mod splits."""
    channels = shape[1]
    layer = (nn.BatchNorm2d if len(shape) == 4 else nn.BatchNorm1d)(channels, affine=affine)
    state = layer.state_dict()
    for key in state:
        if key != "num_batches_tracked":
            state[key] = starting_value(key, (channels,))
    layer.load_state_dict(state)
    outputs, loss = [], 0
    inputs = [(1 + formula(f"x{i}", shape)).requires_grad_() for i in range(calls)]
    for i, x in enumerate(inputs):
        after, y = [], torch.empty(shape)
        for group in range(splits):
            mean, variance = layer.running_mean.clone(), layer.running_var.clone()
            y[group::splits] = nn.functional.batch_norm(
                x[group::splits], mean, variance, layer.weight, layer.bias, True, layer.momentum, layer.eps
            )
            after.append((mean, variance))
        layer.running_mean = torch.stack([mean for mean, _ in after]).mean(0)
        layer.running_var = torch.stack([variance for _, variance in after]).mean(0)
        outputs.append(y)
        loss = loss + (y * formula(f"loss{i}", shape)).sum()
    loss.backward()
    return {
        "name": name,
        "shape": list(shape),
        "splits": splits,
        "affine": affine,
        "outputs": [numbers(y) for y in outputs],
        "inputGradients": [numbers(x.grad) for x in inputs],
        "runningMean": numbers(layer.running_mean),
        "runningVariance": numbers(layer.running_var),
        "gradients": {key: numbers(value.grad) for key, value in layer.named_parameters()},
    }


# --- optimizers

RATES = [0.1, 0.05, 0.02]


def toy_parameters():
    """A matrix, a vector, and a matrix of zeros that gets no gradient."""
    return {
        "layer.weight": formula("layer.weight", (3, 4)).requires_grad_(),
        "layer.bias": formula("layer.bias", (4,)).requires_grad_(),
        "still.weight": torch.zeros(2, 2).requires_grad_(),
    }


def toy_loss(parameters):
    x = formula("x", (5, 3))
    y = torch.tanh(x @ parameters["layer.weight"] + parameters["layer.bias"])
    return (y * formula("loss", (5, 4))).sum() + (0 * parameters["still.weight"]).sum()


def optimizer_case(name, settings, step, groups=None):
    parameters = toy_parameters()
    states = []
    for rate in RATES:
        loss = toy_loss(parameters)
        gradients = torch.autograd.grad(loss, list(parameters.values()))
        step(parameters, dict(zip(parameters, gradients)), rate)
        states.append({key: numbers(value) for key, value in parameters.items()})
    return {"name": name, "settings": settings, "groups": groups or {}, "states": states}


def torch_step(make, groups=None):
    """A step of a torch optimizer, made at the first step with one group a parameter."""
    made = []

    def step(parameters, gradients, rate):
        if not made:
            made.append(
                make([{"params": [value], **(groups or {}).get(key, {})} for key, value in parameters.items()])
            )
        optimizer = made[0]
        for (key, value), group in zip(parameters.items(), optimizer.param_groups):
            value.grad = gradients[key]
            group["lr"] = RATES[0] if group.get("constant") else rate * group.get("scale", 1)
        optimizer.step()

    return step


def lars_step(variant, weight_decay, momentum, eta, clip, vector_scale):
    """From the formula: trust ratio and decay for matrices only; a zero norm leaves the gradient as it is."""
    velocity = {}

    def direction(w, g, rate):
        if w.dim() < 2:
            return g
        if w.norm() == 0 or g.norm() == 0:
            return g
        decayed = g + weight_decay * w
        below = g.norm() + weight_decay * w.norm() if variant == "norm-sum" else decayed.norm()
        ratio = eta * w.norm() / below
        return decayed * (min(ratio / rate, torch.tensor(1.0)) if clip else ratio)

    def step(parameters, gradients, rate):
        with torch.no_grad():
            for key, w in parameters.items():
                own_rate = rate * (vector_scale if w.dim() < 2 else 1)
                velocity[key] = momentum * velocity.get(key, 0) + direction(w, gradients[key], own_rate)
                w -= own_rate * velocity[key]

    return step


def sgd_case(name, momentum, nesterov, weight_decay, own=None, groups=None):
    settings = {"name": "sgd", "momentum": momentum, "nesterov": nesterov, "weightDecay": weight_decay}
    options = {"lr": 0.1, "momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay}
    return optimizer_case(
        name, settings, torch_step(lambda parameters: torch.optim.SGD(parameters, **options), own), groups
    )


def adamw_case(name, betas, epsilon, weight_decay):
    settings = {"name": "adamw", "betas": betas, "epsilon": epsilon, "weightDecay": weight_decay}
    options = {"lr": 0.1, "betas": tuple(betas), "eps": epsilon, "weight_decay": weight_decay}
    return optimizer_case(
        name, settings, torch_step(lambda parameters: torch.optim.AdamW(parameters, **options))
    )


def lars_case(variant, eta, clip, vector_scale=1.0):
    settings = {
        "name": "lars",
        "momentum": 0.9,
        "variant": variant,
        "trustCoefficient": eta,
        "clip": clip,
        "weightDecay": 0.01,
        "vectorLearningRateScale": vector_scale,
    }
    step = lars_step(variant, 0.01, 0.9, eta, clip, vector_scale)
    title = f"lars {variant}, eta {eta}{', clipped' if clip else ''}, vector scale {vector_scale}"
    return optimizer_case(title, settings, step)


if __name__ == "__main__":
    # Smaller images and batches leave the last layer so few values a channel that PyTorch's own float32 is off by 1e-4 and more.
    write(
        "networks",
        [
            network_case("resnet18", 0.125, "small", 16, 4),
            network_case("resnet18", 0.125, "standard", 33, 4),
            network_case("resnet34", 0.125, "small", 16, 4),
            network_case("resnet50", 0.125, "small", 16, 4),
            network_case("resnet50", 0.125, "standard", 64, 8),
            network_case("regnet_y_400mf", 0.25, "small", 16, 16),
            network_case("regnet_y_800mf", 0.25, "standard", 64, 8),
        ],
    )
    write("publishedVariables", published_variables())
    write(
        "batchNorm",
        [
            batch_norm_case("images", (4, 3, 2, 3)),
            batch_norm_case("vectors, twice", (5, 3), calls=2),
            batch_norm_case("no affine", (5, 3), affine=False),
            batch_norm_case("two splits, twice", (6, 2, 2, 2), splits=2, calls=2),
            batch_norm_case("three splits of vectors", (6, 4), splits=3),
        ],
    )
    write(
        "optimizers",
        [
            sgd_case("sgd", 0, False, 0.01),
            sgd_case("sgd, momentum", 0.9, False, 0.01),
            sgd_case("sgd, nesterov", 0.9, True, 0.01),
            sgd_case(
                "sgd, groups",
                0.9,
                False,
                0.01,
                {"layer.weight": {"scale": 10}, "layer.bias": {"constant": True, "weight_decay": 0}},
                {
                    "layer.weight": {"learningRateScale": 10},
                    "layer.bias": {"constantLearningRate": True, "weightDecay": False},
                },
            ),
            adamw_case("adamw", [0.9, 0.999], 1e-8, 0.05),
            adamw_case("adamw, other betas", [0.8, 0.95], 1e-3, 0),
            lars_case("norm-sum", 0.02, True),
            lars_case("norm-sum", 0.1, True, 0.3),
            lars_case("norm-sum", 0.001, False),
            lars_case("norm-of-sum", 0.001, False, 0.024),
            lars_case("norm-of-sum", 0.1, True),
        ],
    )
