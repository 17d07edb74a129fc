"""Writes the fixtures of SwAV and PIRL, from their papers' equations, in PyTorch and float64.

    /usr/bin/python3 test/oracle/ssl/makeClusterFixtures.py

As makeFixtures.py, whose encoder and number formats it shares; but these methods have views of several sizes, sample
indices, and parameters with rules of their own.
"""

import json
import os

import torch
import torch.nn.functional as F

from makeFixtures import (
    BATCH,
    FEATURES,
    HIDDEN,
    LEARNING_RATES,
    OUT,
    Kink,
    Network,
    encode,
    norm,
    on_grid,
    relu,
    stored,
    stored_all,
)

OPTIMIZER = {'name': 'sgd', 'momentum': 0.9, 'nesterov': False, 'weightDecay': 5e-4}


class Method:
    """What a step of a method needs beside its network: loss(values, buffers, views, indices, schedules)."""

    def __init__(self, loss, settings, sides, schedules, samples, rule, project):
        self.loss, self.settings, self.sides, self.schedules = loss, settings, sides, schedules
        self.samples = samples
        # name, schedules -> (scale of the learning rate, whether it decays)
        self.rule = rule
        # parameters -> parameters, before each step
        self.project = project


def unit_rows(network, count):
    return on_grid(F.normalize(torch.randn(count, OUT, generator=network.generator), dim=1))


def swav(queue_size, crops, iterations, normalized=False):
    """Caron et al. 2020, equations 1 to 3 and 6, algorithm 1; appendix A for Sinkhorn-Knopp."""

    def method(network):
        tau, epsilon, prototypes = 0.1, 0.05, 5
        network.add_encoder()
        network.add_weight('projector.0', [HIDDEN, FEATURES])
        network.add_norm('projector.1', HIDDEN)
        network.add_weight('projector.3', [OUT, HIDDEN])
        if normalized:
            network.add_norm('projector.4', OUT)
        else:
            network.add_bias('projector.3', OUT)
        network.parameters['prototypes.weight'] = on_grid(1.5 * unit_rows(network, prototypes))
        for crop in range(2 if queue_size else 0):
            network.buffers[f'queue.{crop}'] = unit_rows(network, queue_size)

        def sinkhorn(scores):
            """Columns are samples, as in the paper: rows sum to 1/K, columns to 1/B; in the end columns sum to 1."""
            q = torch.exp(scores / epsilon).t()
            if iterations == 0:
                return (q / q.sum(0, keepdim=True)).t()
            rows, columns = q.shape
            q = q / q.sum()
            for _ in range(iterations):
                q = q / q.sum(1, keepdim=True) / rows
                q = q / q.sum(0, keepdim=True) / columns
            return (q * columns).t()

        def loss(values, buffers, views, indices, schedules):
            large = encode(values, buffers, torch.cat(views[:2]))
            h = torch.cat([large, encode(values, buffers, torch.cat(views[2:]))]) if crops else large
            h = F.linear(h, values['projector.0.weight'])
            h = relu(norm(values, buffers, 'projector.1', h, [torch.arange(len(h))]))
            h = F.linear(h, values['projector.3.weight'], values.get('projector.3.bias'))
            if normalized:
                h = norm(values, buffers, 'projector.4', h, [torch.arange(len(h))])
            z = F.normalize(h, dim=1).split(BATCH)
            total = 0
            for s in range(2):
                with torch.no_grad():
                    rows = z[s]
                    if queue_size and schedules['queue'] == 1:
                        rows = torch.cat([buffers[f'queue.{s}'], rows])
                    q = sinkhorn(rows @ values['prototypes.weight'].t())[-BATCH:]
                for t in range(len(z)):
                    if t == s:
                        continue
                    p = F.log_softmax(z[t] @ values['prototypes.weight'].t() / tau, dim=1)
                    total = total - (q * p).sum(1).mean() / (len(z) - 1) / 2
            for s in range(2 if queue_size else 0):
                kept = torch.cat([z[s].detach(), buffers[f'queue.{s}']])
                buffers[f'queue.{s}'] = kept[:queue_size]
            return total

        schedules = [{'prototypes': 0}, {'prototypes': 1}, {'prototypes': 1}]
        for index in range(3 if queue_size else 0):
            schedules[index]['queue'] = int(index == 2)
        settings = {'temperature': tau, 'epsilon': epsilon, 'sinkhornIterations': iterations, 'hidden': HIDDEN,
                    'prototypes': prototypes, 'frozenShare': 0.3, 'queueSize': queue_size, 'queueStart': 0.5,
                    'smallCrops': crops, 'output': OUT}
        if normalized:
            settings['normalizedOutput'] = True

        def rule(name, now):
            return (now['prototypes'] if name == 'prototypes.weight' else 1, True)

        def project(parameters):
            unit = F.normalize(parameters['prototypes.weight'], dim=1)
            return {**parameters, 'prototypes.weight': unit}

        return Method(loss, settings, [8, 8] + [6] * crops, schedules, BATCH, rule, project)

    return method


def pirl(negatives, linear):
    """Misra & van der Maaten 2020, equation 5 with a cross entropy for the noise contrastive estimate, section 3.2."""

    def method(network):
        tau, weight, kept, samples = 0.2, 0.4, 0.5, 20
        network.add_encoder()
        for head in ('projector', 'patchProjector'):
            if linear:
                network.add_weight(f'{head}.0', [OUT, FEATURES])
                network.add_bias(f'{head}.0', OUT)
            else:
                network.add_weight(f'{head}.0', [HIDDEN, FEATURES])
                network.add_bias(f'{head}.0', HIDDEN)
                network.add_weight(f'{head}.2', [OUT, HIDDEN])
                network.add_bias(f'{head}.2', OUT)
        network.add_weight('puzzleProjector', [OUT, 9 * OUT])
        network.add_bias('puzzleProjector', OUT)
        network.buffers['memory'] = unit_rows(network, samples)

        def head(values, name, h):
            h = F.linear(h, values[f'{name}.0.weight'], values[f'{name}.0.bias'])
            return h if linear else F.linear(relu(h), values[f'{name}.2.weight'], values[f'{name}.2.bias'])

        def loss(values, buffers, views, indices, schedules):
            image = F.normalize(head(values, 'projector', encode(values, buffers, views[0])), dim=1)
            pieces = head(values, 'patchProjector', encode(values, buffers, torch.cat(views[1:]))).split(BATCH)
            puzzle = torch.cat(pieces, dim=1)
            puzzle = F.linear(puzzle, values['puzzleProjector.weight'], values['puzzleProjector.bias'])
            puzzle = F.normalize(puzzle, dim=1)
            bank = buffers['memory'].clone()
            if negatives >= samples - 1:
                rows = range(samples)
            else:
                first, stride = int(schedules['memory'] * samples), samples // negatives
                rows = [(first + k * stride) % samples for k in range(negatives)]
            total = 0
            for embedded, share in ((puzzle, weight), (image, 1 - weight)):
                for i, row in enumerate(indices):
                    own = torch.exp(embedded[i] @ bank[row] / tau)
                    other = sum(torch.exp(embedded[i] @ bank[k] / tau) for k in rows if k != row)
                    total = total - share * torch.log(own / (own + other)) / BATCH
            for i, row in enumerate(indices):
                buffers['memory'][row] = F.normalize(kept * bank[row] + (1 - kept) * image[i].detach(), dim=0)
            return total

        settings = {'temperature': tau, 'negatives': negatives, 'patchWeight': weight, 'memoryMomentum': kept,
                    'hidden': 0 if linear else HIDDEN, 'output': OUT}
        schedules = [{'memory': 0.125}, {'memory': 0.53}, {'memory': 0.97}] if negatives < samples - 1 else [{}] * 3

        def rule(name, now):
            decays = not (name.endswith('.bias') or name in ('encoder.bn1.weight', 'encoder.bn2.weight'))
            return (1, decays)

        return Method(loss, settings, [8] + [4] * 9, schedules, samples, rule, lambda parameters: parameters)

    return method


def update(parameters, gradients, slots, rate, rule):
    for name, w in parameters.items():
        scale, decays = rule(name)
        g = gradients[name] + (OPTIMIZER['weightDecay'] * w if decays else 0)
        slots[name] = OPTIMIZER['momentum'] * slots[name] + g
        parameters[name] = w - rate * scale * slots[name]


def run(make, seed):
    generator = torch.Generator().manual_seed(seed)
    network = Network(generator)
    method = make(network)
    parameters, buffers = network.parameters, network.buffers
    fixture = {'settings': method.settings, 'optimizer': OPTIMIZER, 'batchSize': BATCH, 'sides': method.sides,
               'sampleCount': method.samples, 'initial': stored_all({**parameters, **buffers}), 'steps': []}
    slots = {name: torch.zeros_like(value) for name, value in parameters.items()}
    for index, rate in enumerate(LEARNING_RATES):
        views = [on_grid(torch.randn(BATCH, 3, side, side, generator=generator)) for side in method.sides]
        indices = torch.randperm(method.samples, generator=generator)[:BATCH].tolist()
        now = method.schedules[index]
        parameters = method.project(parameters)
        leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
        value = method.loss(leaves, buffers, views, indices, now)
        gradients = dict(zip(leaves, torch.autograd.grad(value, list(leaves.values()))))
        fixture['steps'].append({'learningRate': rate, 'schedules': now, 'indices': indices,
                                 'views': [stored(view) for view in views], 'loss': float('%.10g' % value.item())})
        if index == 0:
            fixture['gradients'] = stored_all(gradients)
        with torch.no_grad():
            update(parameters, gradients, slots, rate, lambda name: method.rule(name, now))
            for name in buffers:
                buffers[name] = buffers[name].detach()
    fixture['final'] = stored_all({**parameters, **buffers})
    fixture['slots'] = stored_all(slots)
    return fixture


def main():
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../fixtures/ssl')
    methods = {
        'swav': swav(12, 2, 3),
        'swavTwoCrops': swav(0, 0, 3),
        'swavUnbalanced': swav(0, 1, 0),
        'swavNormalized': swav(12, 1, 3, True),
        'pirl': pirl(100, False),
        'pirlSampled': pirl(6, True),
    }
    for name, method in methods.items():
        for seed in range(1000):
            try:
                fixture = run(method, seed)
                break
            except Kink:
                continue
        else:
            raise SystemExit(f'{name}: every seed comes near a kink')
        fixture['seed'] = seed
        path = os.path.join(folder, name + '.json')
        with open(path, 'w') as file:
            json.dump(fixture, file, separators=(',', ':'))
            file.write('\n')
        print(name, 'seed', seed, [step['loss'] for step in fixture['steps']], os.path.getsize(path), 'bytes')


if __name__ == '__main__':
    main()
