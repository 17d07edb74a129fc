"""Writes the fixtures of the self-supervised methods, from the papers' equations, in PyTorch and float64.

    /usr/bin/python3 test/oracle/ssl/makeFixtures.py

Each fixture, in test/fixtures/ssl, holds three training steps of one method on a tiny encoder: the views, the state
before, the loss of each step, the gradients of the first, and the whole state after the third. All inputs are
multiples of 1/1024, hence exact in float32. The heads' ReLUs are kinks: a seed is taken only if no activation comes
near 0, so that rounding cannot flip one.
"""

import json
import math
import os

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

BATCH, SIDE, FEATURES, HIDDEN, OUT = 8, 8, 6, 8, 4
LEARNING_RATES = [0.1, 0.08, 0.05]
KINK_MARGIN = 2e-3


class Kink(Exception):
    pass


def on_grid(tensor):
    return torch.round(tensor * 1024) / 1024


class Network:
    """Parameters and running statistics by name; layers are functions over it."""

    def __init__(self, generator):
        self.generator = generator
        self.parameters = {}
        self.buffers = {}

    def add_weight(self, name, shape):
        fan_in = math.prod(shape[1:])
        weight = torch.randn(shape, generator=self.generator) / math.sqrt(fan_in)
        self.parameters[name + '.weight'] = on_grid(weight)

    def add_bias(self, name, count):
        self.parameters[name + '.bias'] = on_grid(0.2 * torch.randn(count, generator=self.generator))

    def add_norm(self, name, count):
        noise = torch.randn(count, generator=self.generator)
        self.parameters[name + '.weight'] = on_grid(1 + 0.2 * noise)
        self.add_bias(name, count)
        self.buffers[name + '.running_mean'] = torch.zeros(count)
        self.buffers[name + '.running_var'] = torch.ones(count)

    def add_encoder(self):
        self.add_weight('encoder.conv1', [4, 3, 3, 3])
        self.add_norm('encoder.bn1', 4)
        self.add_weight('encoder.conv2', [FEATURES, 4, 3, 3])
        self.add_norm('encoder.bn2', FEATURES)

    def follower(self):
        """A copy under 'momentum.', as MoCo's key encoder starts."""
        return {'momentum.' + k: v.clone() for k, v in self.parameters.items()}


def norm(values, buffers, prefix, x, groups):
    """Batch normalisation in training mode; each group of rows by its own statistics, running ones their average."""
    means, variances = [], []
    y = torch.empty_like(x)
    for rows in groups:
        mean, variance = buffers[prefix + '.running_mean'].clone(), buffers[prefix + '.running_var'].clone()
        y[rows] = F.batch_norm(
            x[rows], mean, variance, values[prefix + '.weight'], values[prefix + '.bias'], training=True, momentum=0.1
        )
        means.append(mean)
        variances.append(variance)
    buffers[prefix + '.running_mean'] = torch.stack(means).mean(0)
    buffers[prefix + '.running_var'] = torch.stack(variances).mean(0)
    return y


def relu(x):
    if x.abs().min() < KINK_MARGIN:
        raise Kink()
    return F.relu(x)


def encode(values, buffers, x, groups=None, prefix='encoder.'):
    groups = groups or [torch.arange(len(x))]
    for conv, bn in (('conv1', 'bn1'), ('conv2', 'bn2')):
        x = F.conv2d(x, values[prefix + conv + '.weight'], stride=2, padding=1)
        x = torch.tanh(norm(values, buffers, prefix + bn, x, groups))
    return x.mean((2, 3))


def simclr(network):
    """Chen et al. 2020, algorithm 1."""
    tau = 0.5
    network.add_encoder()
    network.add_weight('projector.0', [HIDDEN, FEATURES])
    network.add_norm('projector.1', HIDDEN)
    network.add_weight('projector.3', [OUT, HIDDEN])
    network.add_norm('projector.4', OUT)

    def loss(values, buffers, views, _):
        x = torch.cat(views)
        whole = [torch.arange(len(x))]
        h = encode(values, buffers, x)
        h = F.linear(h, values['projector.0.weight'])
        h = relu(norm(values, buffers, 'projector.1', h, whole))
        h = F.linear(h, values['projector.3.weight'])
        z = norm(values, buffers, 'projector.4', h, whole)
        total = 0
        for i in range(2 * BATCH):
            j = (i + BATCH) % (2 * BATCH)
            s = [F.cosine_similarity(z[i], z[k], dim=0) / tau for k in range(2 * BATCH)]
            denominator = sum(torch.exp(s[k]) for k in range(2 * BATCH) if k != i)
            total = total - torch.log(torch.exp(s[j]) / denominator)
        return total / (2 * BATCH)

    optimizer = {'name': 'sgd', 'momentum': 0.9, 'nesterov': False, 'weightDecay': 5e-4}
    return loss, {'temperature': tau, 'hidden': HIDDEN, 'output': OUT, 'normalization': 'all'}, optimizer, {}


def barlow_twins(network):
    """Zbontar et al. 2021, equations 1 and 2; the weights of the code: one factor on the whole loss."""
    lambd, scale, vector_rate = 0.0051, 0.1, 0.024
    network.add_encoder()
    network.add_weight('projector.0', [HIDDEN, FEATURES])
    network.add_norm('projector.1', HIDDEN)
    network.add_weight('projector.3', [HIDDEN, HIDDEN])
    network.add_norm('projector.4', HIDDEN)
    network.add_weight('projector.6', [OUT, HIDDEN])

    def embed(values, buffers, x):
        whole = [torch.arange(len(x))]
        h = encode(values, buffers, x)
        h = relu(norm(values, buffers, 'projector.1', F.linear(h, values['projector.0.weight']), whole))
        h = relu(norm(values, buffers, 'projector.4', F.linear(h, values['projector.3.weight']), whole))
        return F.linear(h, values['projector.6.weight'])

    def loss(values, buffers, views, _):
        z = [embed(values, buffers, view) for view in views]
        a, b = [(v - v.mean(0)) / torch.sqrt(v.var(0, unbiased=False) + 1e-5) for v in z]
        total = 0
        for i in range(OUT):
            for j in range(OUT):
                c = (a[:, i] * b[:, j]).sum() / BATCH
                total = total + ((1 - c) ** 2 if i == j else lambd * c**2)
        return scale * total

    optimizer = {'name': 'lars', 'momentum': 0.9, 'weightDecay': 1e-4, 'variant': 'norm-of-sum', 'clip': False,
                 'trustCoefficient': 0.02, 'vectorLearningRateScale': vector_rate}
    settings = {'redundancyWeight': lambd, 'lossScale': scale, 'projector': [HIDDEN, HIDDEN, OUT]}
    return loss, settings, optimizer, {}


def moco(symmetric):
    """He et al. 2020, equations 1 and 2, algorithm 1, with the MLP head of its second version."""

    def method(network):
        tau, m, size, splits = 0.2, 0.9, 12, 2
        network.add_encoder()
        network.add_weight('projector.0', [HIDDEN, FEATURES])
        network.add_bias('projector.0', HIDDEN)
        network.add_weight('projector.2', [OUT, HIDDEN])
        network.add_bias('projector.2', OUT)
        queue = on_grid(F.normalize(torch.randn(size, OUT, generator=network.generator), dim=1))
        rows = torch.arange(BATCH)
        blocks = [rows[i * BATCH // splits : (i + 1) * BATCH // splits] for i in range(splits)]
        strided = [rows[i::splits] for i in range(splits)]
        network.buffers.update({'momentum.' + k: v.clone() for k, v in network.buffers.items()})
        network.buffers['queue'] = queue
        followers = network.follower()

        def embed(values, buffers, x, groups, prefix):
            h = encode(values, buffers, x, groups, prefix + 'encoder.')
            h = F.linear(h, values[prefix + 'projector.0.weight'], values[prefix + 'projector.0.bias'])
            h = F.linear(relu(h), values[prefix + 'projector.2.weight'], values[prefix + 'projector.2.bias'])
            return F.normalize(h, dim=1)

        def info_nce(values, buffers, view_q, view_k):
            q = embed(values, buffers, view_q, strided, '')
            with torch.no_grad():
                k = embed(followers, buffers, view_k, blocks, 'momentum.')
            total = 0
            for i in range(BATCH):
                positive = torch.exp(q[i] @ k[i] / tau)
                negative = sum(torch.exp(q[i] @ old / tau) for old in buffers['queue'])
                total = total - torch.log(positive / (positive + negative))
            return total / BATCH, k

        def loss(values, buffers, views, _):
            with torch.no_grad():
                for name in followers:
                    followers[name] = m * followers[name] + (1 - m) * values[name[len('momentum.') :]]
            first, keys = info_nce(values, buffers, views[0], views[1])
            if symmetric:
                second, more = info_nce(values, buffers, views[1], views[0])
                first, keys = (first + second) / 2, torch.cat([keys, more])
            buffers['queue'] = torch.cat([keys, buffers['queue']])[:size]
            return first

        settings = {'temperature': tau, 'momentum': m, 'queueSize': size, 'normSplits': splits,
                    'symmetric': symmetric, 'hidden': HIDDEN, 'output': OUT}
        return loss, settings, {'name': 'sgd', 'momentum': 0.9, 'nesterov': False, 'weightDecay': 5e-4}, followers

    return method


def update(optimizer, parameters, gradients, slots, rate):
    """SGD with momentum as PyTorch has it; LARS as Barlow Twins has it, vectors without decay and trust."""
    for name, w in parameters.items():
        g = gradients[name]
        scale = 1.0
        if optimizer['name'] == 'sgd':
            g = g + optimizer['weightDecay'] * w
        elif w.dim() > 1:
            g = g + optimizer['weightDecay'] * w
            g = g * optimizer['trustCoefficient'] * w.norm() / g.norm()
        else:
            scale = optimizer['vectorLearningRateScale']
        slots[name] = optimizer['momentum'] * slots[name] + g
        parameters[name] = w - rate * scale * slots[name]


def stored(tensor):
    return {'shape': list(tensor.shape), 'data': [float('%.10g' % v) for v in tensor.flatten().tolist()]}


def stored_all(tensors):
    return {name: stored(value) for name, value in sorted(tensors.items())}


def run(method, seed):
    generator = torch.Generator().manual_seed(seed)
    network = Network(generator)
    loss, settings, optimizer, followers = method(network)
    parameters, buffers = network.parameters, network.buffers
    fixture = {'settings': settings, 'optimizer': optimizer, 'batchSize': BATCH, 'side': SIDE,
               'initial': stored_all({**parameters, **buffers, **followers}), 'steps': []}
    slots = {name: torch.zeros_like(value) for name, value in parameters.items()}
    for index, rate in enumerate(LEARNING_RATES):
        base = torch.randn(BATCH, 3, SIDE, SIDE, generator=generator)
        views = [on_grid(base + 0.5 * torch.randn(base.shape, generator=generator)) for _ in range(2)]
        leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
        value = loss(leaves, buffers, views, index)
        gradients = dict(zip(leaves, torch.autograd.grad(value, list(leaves.values()))))
        fixture['steps'].append({'learningRate': rate, 'views': [stored(view) for view in views],
                                 'loss': float('%.10g' % value.item())})
        if index == 0:
            fixture['gradients'] = stored_all(gradients)
        with torch.no_grad():
            update(optimizer, parameters, gradients, slots, rate)
            for name in buffers:
                buffers[name] = buffers[name].detach()
    fixture['final'] = stored_all({**parameters, **buffers, **followers})
    fixture['slots'] = stored_all(slots)
    return fixture


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../fixtures/ssl')
    os.makedirs(folder, exist_ok=True)
    methods = {'simclr': simclr, 'barlowTwins': barlow_twins, 'moco': moco(False), 'mocoSymmetric': moco(True)}
    for name, method in methods.items():
        for seed in range(1000):
            try:
                fixture = run(method, seed)
                break
            except Kink:
                continue
        fixture['seed'] = seed
        path = os.path.join(folder, name + '.json')
        with open(path, 'w') as file:
            json.dump(fixture, file, separators=(',', ':'))
            file.write('\n')
        print(name, 'seed', seed, [step['loss'] for step in fixture['steps']], os.path.getsize(path), 'bytes')


if __name__ == '__main__':
    main()
