import { beforeAll, describe, expect, it } from 'vitest';
import {
  applyHead,
  foldStandardization,
  headOf,
  headTensors,
  standardize,
  type LinearHead,
} from '../../../main/classify/linearHead.ts';
import { createLogisticRegression, type Fit } from '../../../main/classify/logisticRegression.ts';
import { accuracyOf } from '../../../main/classify/metrics.ts';
import { selectionSplits, trainProbe } from '../../../main/classify/probe.ts';
import { referenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { randomStream } from '../../../main/nn/random.ts';

const [count, size, classCount] = [30, 4, 3];
const labels = Array.from({ length: count }, (_, i) => i % classCount);
const rows = Int32Array.from({ length: count }, (_, i) => i);

/** Features of three classes: `distance` between their means, in very different units. */
function featuresWith(distance: number) {
  const random = randomStream(5, 'probe features');
  const data = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < size; j++) {
      const unit = 10 ** (j - 1);
      data[i * size + j] = unit * (3 + (labels[i] === j ? distance : 0) + random.normal());
    }
  }
  return { data, count, size };
}

/** The objective of the probe, written down once more, in float64. */
function lossByHand(x: Float64Array, head: LinearHead, l2: number): number {
  let loss = 0;
  for (let i = 0; i < count; i++) {
    const logits = Array.from(head.bias, (bias, c) => {
      let sum = bias;
      for (let j = 0; j < size; j++) sum += head.weight[c * size + j] * x[i * size + j];
      return sum;
    });
    loss += Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[labels[i]];
  }
  return loss / count + (l2 / 2) * head.weight.reduce((sum, value) => sum + value * value, 0);
}

describe('logistic regression', () => {
  const features = featuresWith(1);
  const standardization = standardize(features, rows);
  const x = Float64Array.from(
    features.data,
    (value, i) => (value - standardization.mean[i % size]) * standardization.scale[i % size],
  );
  const l2 = 0.02;
  let fit: Fit;
  let gradient: LinearHead;

  beforeAll(async () => {
    const regression = await createLogisticRegression(referenceExecutor, features, labels, classCount);
    fit = await regression.fit({ rows, standardization, l2 });
    ({ gradient } = await regression.evaluate(fit.head, { rows, standardization, l2 }));
    await regression.dispose();
  });

  it('has the loss that its definition gives', () => {
    expect(fit.loss).toBeCloseTo(lossByHand(x, fit.head, l2), 10);
  });

  it('ends where the definition’s own gradient vanishes', () => {
    const h = 1e-5;
    const slope = (part: 'weight' | 'bias', i: number): number => {
      const moved = (by: number): number => {
        const head = { weight: fit.head.weight.slice(), bias: fit.head.bias.slice() };
        head[part][i] += by;
        return lossByHand(x, head, l2);
      };
      return (moved(h) - moved(-h)) / (2 * h);
    };
    for (let i = 0; i < classCount * size; i++) expect(Math.abs(slope('weight', i))).toBeLessThan(3e-5);
    for (let c = 0; c < classCount; c++) expect(Math.abs(slope('bias', c))).toBeLessThan(3e-5);
    expect(Math.max(...gradient.weight.map(Math.abs))).toBeLessThan(1e-5);
  });

  it('equals plain gradient descent run to its end', () => {
    const head = { weight: new Float64Array(classCount * size), bias: new Float64Array(classCount) };
    descend(x, head, l2, 4000);
    head.weight.forEach((value, i) => expect(fit.head.weight[i]).toBeCloseTo(value, 3));
    expect(fit.loss).toBeLessThanOrEqual(lossByHand(x, head, l2) + 1e-9);
  });

  it('learns from the given rows only', async () => {
    const regression = await createLogisticRegression(referenceExecutor, features, labels, classCount);
    const some = rows.slice(0, 15);
    const ofSome = await regression.fit({ rows: some, standardization, l2 });
    const alone = { data: features.data.slice(0, 15 * size), count: 15, size };
    const second = await createLogisticRegression(referenceExecutor, alone, labels.slice(0, 15), classCount);
    const ofAlone = await second.fit({ rows: some, standardization, l2 });
    ofAlone.head.weight.forEach((value, i) => expect(ofSome.head.weight[i]).toBeCloseTo(value, 9));
  });
});

/** Steps along −gradient, the gradient by the textbook's formula. */
function descend(x: Float64Array, head: LinearHead, l2: number, steps: number): void {
  for (let step = 0; step < steps; step++) {
    const [dw, db] = [head.weight.map((value) => l2 * value), new Float64Array(classCount)];
    for (let i = 0; i < count; i++) {
      const row = { data: x.subarray(i * size, (i + 1) * size), count: 1, size };
      const exps = Array.from(applyHead(head, row).data, Math.exp);
      const total = exps.reduce((sum, value) => sum + value, 0);
      exps.forEach((value, c) => {
        const error = (value / total - (c === labels[i] ? 1 : 0)) / count;
        db[c] += error;
        for (let j = 0; j < size; j++) dw[c * size + j] += error * row.data[j];
      });
    }
    dw.forEach((value, i) => (head.weight[i] -= value));
    db.forEach((value, c) => (head.bias[c] -= value));
  }
}

describe('standardisation', () => {
  const features = featuresWith(2);

  it('gives mean 0 and deviation 1 over the rows it was given', () => {
    const some = Int32Array.from([0, 3, 4, 9, 20]);
    const equal = { data: features.data.map((value, i) => value / 10 ** ((i % size) - 1)), count, size };
    const { mean, scale } = standardize(equal, some);
    for (let j = 0; j < size; j++) {
      const values = Array.from(some, (row) => (equal.data[row * size + j] - mean[j]) * scale[j]);
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
      expect(values.reduce((sum, value) => sum + value * value, 0) / some.length).toBeCloseTo(1, 6);
    }
  });

  it('does not blow up features that never vary', () => {
    const { scale } = standardize(
      { data: Float32Array.of(1, 5, 2, 5, 3, 5), count: 3, size: 2 },
      rows.slice(0, 3),
    );
    expect(Number.isFinite(scale[1])).toBe(true);
    const constant = { data: new Float32Array(6).fill(5), count: 3, size: 2 };
    expect([...standardize(constant, rows.slice(0, 3)).scale]).toEqual([0, 0]);
  });

  it('folds back exactly', () => {
    const standardization = standardize(features, rows);
    const { mean, scale } = standardization;
    const random = randomStream(1, 'head');
    const head = {
      weight: Float64Array.from({ length: classCount * size }, () => random.normal()),
      bias: Float64Array.from({ length: classCount }, () => random.normal()),
    };
    const data = Float64Array.from(features.data, (value, i) => (value - mean[i % size]) * scale[i % size]);
    const expected = applyHead(head, { data, count, size });
    const folded = applyHead(foldStandardization(head, standardization), features);
    Array.from(expected.data).forEach((value, i) => expect(folded.data[i]).toBeCloseTo(value, 9));
  });
});

describe('trainProbe', () => {
  const request = { executor: referenceExecutor, labels, classCount, seed: 2 };

  it('separates what is separable and chooses a strength for it', async () => {
    const features = featuresWith(12);
    const { head, l2, selection } = await trainProbe({ ...request, features });
    expect(accuracyOf(applyHead(head, features), labels)).toBe(1);
    const lowest = Math.min(...selection.map((trial) => trial.crossEntropy));
    expect(selection.find((trial) => trial.l2 === l2)?.crossEntropy).toBe(lowest);
  });

  it('chooses a stronger penalty for noise than for signal', async () => {
    const noise = await trainProbe({ ...request, features: featuresWith(0) });
    const signal = await trainProbe({ ...request, features: featuresWith(12) });
    expect(noise.l2).toBeGreaterThan(signal.l2);
  });

  it('is the same at every call', async () => {
    const features = featuresWith(2);
    const [first, second] = [
      await trainProbe({ ...request, features }),
      await trainProbe({ ...request, features }),
    ];
    expect(first).toEqual(second);
  });

  it('survives one label a class: nothing can be put aside', async () => {
    const features = { data: featuresWith(12).data.slice(0, 3 * size), count: 3, size };
    const { head, selection } = await trainProbe({ ...request, features, labels: labels.slice(0, 3) });
    expect(selection).toEqual([]);
    expect(accuracyOf(applyHead(head, features), labels.slice(0, 3))).toBe(1);
    const tensors = headTensors(head);
    expect(tensors['classifier.weight'].shape).toEqual([classCount, size]);
    expect(headOf(tensors).bias[1]).toBeCloseTo(head.bias[1], 5);
  });

  it('puts folds aside where classes are small, one split where they are large', () => {
    const many = [...labels, ...labels];
    const all = Int32Array.from({ length: many.length }, (_, row) => row);
    expect(selectionSplits(many, all.slice(0, 57), 1)).toHaveLength(5);
    expect(selectionSplits(many, all, 1)).toHaveLength(1);
    for (const { train, test } of selectionSplits(labels, rows.slice(3, 12), 1)) {
      expect([...train, ...test].every((row) => row >= 3 && row < 12)).toBe(true);
      expect(train.some((row) => test.includes(row))).toBe(false);
    }
  });
});
