"""Writes the fixtures of BYOL, SimSiam, VICReg, MoCo v1 and of SimCLR with hard negatives, from their papers' equations.

    /usr/bin/python3 test/oracle/ssl/makeSiameseFixtures.py

As makeFixtures.py, whose encoder, optimizers and number formats it shares, with two more things that a step may have:
schedules, and parameters whose learning rate is constant.
"""

import json
import math
import os

import torch
import torch.nn.functional as F

from makeFixtures import (
    BATCH,
    FEATURES,
    HIDDEN,
    KINK_MARGIN,
    LEARNING_RATES,
    OUT,
    SIDE,
    Kink,
    Network,
    encode,
    norm,
    on_grid,
    relu,
    stored,
    stored_all,
    update,
)

SGD = {'name': 'sgd', 'momentum': 0.9, 'nesterov': False, 'weightDecay': 5e-4}
WHOLE = [torch.arange(BATCH)]


class Method:
    """loss(values, buffers, views, schedules); followers: what moves by itself; constant: prefix of parameters."""

    def __init__(self, loss, settings, optimizer=SGD, followers=None, schedules=None, constant=None):
        self.loss, self.settings, self.optimizer = loss, settings, optimizer
        self.followers = followers or {}
        self.schedules = schedules or (lambda step: {})
        self.constant = constant


def add_head(network, name, sizes, norms, bias):
    """nn.Sequential of linear, norm where `norms` says so, ReLU between."""
    place = 0
    for i in range(len(sizes) - 1):
        network.add_weight(f'{name}.{place}', [sizes[i + 1], sizes[i]])
        if norms[i] is None:
            if bias:
                network.add_bias(f'{name}.{place}', sizes[i + 1])
        elif norms[i]:
            network.add_norm(f'{name}.{place + 1}', sizes[i + 1])
        else:
            network.buffers[f'{name}.{place + 1}.running_mean'] = torch.zeros(sizes[i + 1])
            network.buffers[f'{name}.{place + 1}.running_var'] = torch.ones(sizes[i + 1])
        place += 2 if norms[i] is None else 3


def head(values, buffers, name, x, norms):
    """As `add_head` laid it out: True a norm with scale and shift, False one without, None no norm."""
    place = 0
    for i, kind in enumerate(norms):
        bias = values.get(f'{name}.{place}.bias')
        x = F.linear(x, values[f'{name}.{place}.weight'], bias)
        if kind is not None:
            at = f'{name}.{place + 1}'
            width = x.shape[1]
            given = values if kind else {at + '.weight': torch.ones(width), at + '.bias': torch.zeros(width)}
            x = norm(given, buffers, at, x, WHOLE)
        if i < len(norms) - 1:
            x = relu(x)
        place += 2 if kind is None else 3
    return x


def byol(normalized):
    """Grill et al. 2020, equations 1 and 2; the momentum's schedule of section 3.2."""

    def method(network):
        base, scale, steps = 0.6, 0.25, len(LEARNING_RATES)
        norms = [True, None]
        projector = [True, True] if normalized else norms
        network.add_encoder()
        add_head(network, 'projector', [FEATURES, HIDDEN, OUT], projector, False)
        network.buffers.update({'target.' + k: v.clone() for k, v in network.buffers.items()})
        followers = {'target.' + k: v.clone() for k, v in network.parameters.items()}
        add_head(network, 'predictor', [OUT, HIDDEN, OUT], norms, False)

        def schedules(step):
            return {'momentum': 1 - (1 - base) * (math.cos(math.pi * step / steps) + 1) / 2}

        def project(values, buffers, view, prefix=''):
            h = encode(values, buffers, view, prefix=prefix + 'encoder.')
            return head(values, buffers, prefix + 'projector', h, projector)

        def loss(values, buffers, views, scheduled):
            tau = scheduled['momentum']
            with torch.no_grad():
                for name in followers:
                    followers[name] = tau * followers[name] + (1 - tau) * values[name[len('target.') :]]
            z = [project(values, buffers, view) for view in views]
            with torch.no_grad():
                targets = [project(followers, buffers, view, 'target.') for view in views]
            total = 0
            for online, target in ((z[0], targets[1]), (z[1], targets[0])):
                p = head(values, buffers, 'predictor', online, norms)
                for i in range(BATCH):
                    difference = p[i] / p[i].norm() - target[i] / target[i].norm()
                    total = total + (difference**2).sum() / BATCH
            return scale * total

        settings = {'momentum': base, 'hidden': HIDDEN, 'output': OUT, 'predictor': True, 'lossScale': scale}
        if normalized:
            settings['normalizedOutput'] = True
        return Method(loss, settings, followers=followers, schedules=schedules)

    return method


def simsiam(affine):
    """Chen & He 2021, equations 1 to 4, algorithm 1; the predictor's rate is constant (section 4.2)."""

    def method(network):
        norms = [True, affine]
        network.add_encoder()
        add_head(network, 'projector', [FEATURES, HIDDEN, OUT], norms, False)
        add_head(network, 'predictor', [OUT, HIDDEN, OUT], [True, None], True)

        def distance(p, z):
            return -sum((p[i] / p[i].norm()) @ (z[i] / z[i].norm()) for i in range(BATCH)) / BATCH

        def loss(values, buffers, views, _):
            z = [head(values, buffers, 'projector', encode(values, buffers, view), norms) for view in views]
            p = [head(values, buffers, 'predictor', each, [True, None]) for each in z]
            return distance(p[0], z[1].detach()) / 2 + distance(p[1], z[0].detach()) / 2

        settings = {'projector': [HIDDEN, OUT], 'affineOutput': affine, 'predictor': True,
                    'predictorHidden': HIDDEN}
        return Method(loss, settings, constant='predictor.')

    return method


def vicreg(network):
    """Bardes et al. 2022, equations 1 to 6; variance terms averaged over both views as in the authors' code."""
    invariance, variance, covariance = 25, 25, 1
    norms = [True, True, None]
    network.add_encoder()
    add_head(network, 'projector', [FEATURES, HIDDEN, HIDDEN, OUT], norms, False)

    def variance_term(z):
        deviation = torch.sqrt(z.var(0, unbiased=True) + 1e-4)
        if (1 - deviation).abs().min() < KINK_MARGIN:
            raise Kink()
        return torch.clamp(1 - deviation, min=0).mean()

    def covariance_term(z):
        centered = z - z.mean(0)
        c = sum(torch.outer(row, row) for row in centered) / (BATCH - 1)
        return sum(c[i, j] ** 2 for i in range(OUT) for j in range(OUT) if i != j) / OUT

    def loss(values, buffers, views, _):
        a, b = [head(values, buffers, 'projector', encode(values, buffers, view), norms) for view in views]
        s = sum(((a[i] - b[i]) ** 2).sum() for i in range(BATCH)) / BATCH / OUT
        v = (variance_term(a) + variance_term(b)) / 2
        return invariance * s + variance * v + covariance * (covariance_term(a) + covariance_term(b))

    settings = {'invarianceWeight': invariance, 'varianceWeight': variance, 'covarianceWeight': covariance,
                'projector': [HIDDEN, HIDDEN, OUT]}
    optimizer = {'name': 'lars', 'momentum': 0.9, 'weightDecay': 1e-4, 'variant': 'norm-of-sum', 'clip': False,
                 'trustCoefficient': 0.02, 'vectorLearningRateScale': 0.05}
    return Method(loss, settings, optimizer)


def moco_v1(network):
    """He et al. 2020, equations 1 and 2, algorithm 1, with the linear head of the paper."""
    tau, m, size, splits = 0.2, 0.9, 12, 2
    network.add_encoder()
    add_head(network, 'projector', [FEATURES, OUT], [None], True)
    network.buffers.update({'momentum.' + k: v.clone() for k, v in network.buffers.items()})
    network.buffers['queue'] = on_grid(F.normalize(torch.randn(size, OUT, generator=network.generator), dim=1))
    followers = network.follower()
    rows = torch.arange(BATCH)
    blocks = [rows[i * BATCH // splits : (i + 1) * BATCH // splits] for i in range(splits)]
    strided = [rows[i::splits] for i in range(splits)]

    def embed(values, buffers, x, groups, prefix):
        h = encode(values, buffers, x, groups, prefix + 'encoder.')
        return F.normalize(head(values, buffers, prefix + 'projector', h, [None]), dim=1)

    def loss(values, buffers, views, _):
        with torch.no_grad():
            for name in followers:
                followers[name] = m * followers[name] + (1 - m) * values[name[len('momentum.') :]]
            k = embed(followers, buffers, views[1], blocks, 'momentum.')
        q = embed(values, buffers, views[0], strided, '')
        logits = torch.cat([(q * k).sum(1, keepdim=True), q @ buffers['queue'].T], 1) / tau
        buffers['queue'] = torch.cat([k, buffers['queue']])[:size]
        return F.cross_entropy(logits, torch.zeros(BATCH, dtype=torch.long))

    settings = {'temperature': tau, 'momentum': m, 'queueSize': size, 'normSplits': splits, 'symmetric': False,
                'output': OUT}
    return Method(loss, settings, followers=followers, schedules=lambda step: {'momentum': m})


def simclr_hard(network):
    """Robinson et al. 2021, section 3.2: importance weights of concentration beta, positives of share tau_plus off."""
    tau, beta, tau_plus = 0.5, 1.0, 0.05
    norms = [True, True]
    network.add_encoder()
    add_head(network, 'projector', [FEATURES, HIDDEN, OUT], norms, False)

    def loss(values, buffers, views, _):
        x = torch.cat(views)
        h = encode(values, buffers, x)
        whole = [torch.arange(len(x))]
        h = relu(norm(values, buffers, 'projector.1', F.linear(h, values['projector.0.weight']), whole))
        z = norm(values, buffers, 'projector.4', F.linear(h, values['projector.3.weight']), whole)
        z = F.normalize(z, dim=1)
        total, count = 0, 2 * BATCH - 2
        for i in range(2 * BATCH):
            j = (i + BATCH) % (2 * BATCH)
            positive = torch.exp(z[i] @ z[j] / tau)
            negatives = torch.stack([torch.exp(z[i] @ z[k] / tau) for k in range(2 * BATCH) if k not in (i, j)])
            importance = negatives**beta
            importance = importance / importance.mean()
            hard = ((importance * negatives).sum() - tau_plus * count * positive) / (1 - tau_plus)
            floor = count * math.exp(-1 / tau)
            if abs(hard - floor) < KINK_MARGIN:
                raise Kink()
            total = total - torch.log(positive / (positive + torch.clamp(hard, min=floor)))
        return total / (2 * BATCH)

    settings = {'temperature': tau, 'hidden': HIDDEN, 'output': OUT, 'normalization': 'all',
                'hardNegatives': beta, 'classPrior': tau_plus}
    return Method(loss, settings)


def step_update(method, state, gradients, rate):
    """The update of makeFixtures.py, at the first rate for what keeps it."""
    parameters, slots = state
    for name in list(parameters):
        keeps = method.constant is not None and name.startswith(method.constant)
        one = {name: parameters[name]}
        update(method.optimizer, one, gradients, slots, LEARNING_RATES[0] if keeps else rate)
        parameters.update(one)


def run(make, seed):
    generator = torch.Generator().manual_seed(seed)
    network = Network(generator)
    method = make(network)
    parameters, buffers, followers = network.parameters, network.buffers, method.followers
    fixture = {'settings': method.settings, 'optimizer': method.optimizer, 'batchSize': BATCH, 'side': SIDE,
               'initial': stored_all({**parameters, **buffers, **followers}), 'steps': []}
    slots = {name: torch.zeros_like(value) for name, value in parameters.items()}
    for index, rate in enumerate(LEARNING_RATES):
        base = torch.randn(BATCH, 3, SIDE, SIDE, generator=generator)
        views = [on_grid(base + 0.5 * torch.randn(base.shape, generator=generator)) for _ in range(2)]
        leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
        scheduled = method.schedules(index)
        value = method.loss(leaves, buffers, views, scheduled)
        gradients = dict(zip(leaves, torch.autograd.grad(value, list(leaves.values()))))
        fixture['steps'].append({'learningRate': rate, 'schedules': scheduled,
                                 'views': [stored(view) for view in views], 'loss': float('%.10g' % value.item())})
        if index == 0:
            fixture['gradients'] = stored_all(gradients)
        with torch.no_grad():
            step_update(method, (parameters, slots), gradients, rate)
            for name in buffers:
                buffers[name] = buffers[name].detach()
    fixture['final'] = stored_all({**parameters, **buffers, **followers})
    fixture['slots'] = stored_all(slots)
    return fixture


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../fixtures/ssl')
    methods = {'byol': byol(False), 'byolNormalized': byol(True), 'simsiam': simsiam(True),
               'simsiamLarge': simsiam(False), 'vicreg': vicreg, 'mocoV1': moco_v1, 'simclrHard': simclr_hard}
    for name, method in methods.items():
        for seed in range(2000):
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
