import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { loadTensorFlow } from '../../main/engine/execute/tensorflow/loadTensorFlow.ts';
import { createTensorFlowExecutor } from '../../main/engine/execute/tensorflow/tensorFlowExecutor.ts';
import { caseErrors } from '../ort/runCases.ts';
import { opCases } from '../ort/opCases.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

/** A folder in which `npm install` seems to have been run. */
function installed(packages: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, source] of Object.entries(packages)) {
    const path = `${folder}/node_modules/@tensorflow/${name}`;
    mkdirSync(path, { recursive: true });
    writeFileSync(`${path}/package.json`, JSON.stringify({ name: `@tensorflow/${name}`, main: 'index.js' }));
    writeFileSync(`${path}/index.js`, source);
  }
  return folder;
}

const { resolve } = createRequire(import.meta.url);
/** As tfjs-node: exports all of the core, brings a backend, and calls what newer Nodes lack. */
const working = `
const { isArray, isNullOrUndefined } = require('util');
if (!isArray([]) || !isNullOrUndefined(null) || isNullOrUndefined(0)) throw new Error('no utilities');
module.exports = require(${JSON.stringify(resolve('@tensorflow/tfjs-core'))});
require(${JSON.stringify(resolve('@tensorflow/tfjs-backend-cpu'))});
`;
const named = (name: string): string => `module.exports = { name: '${name}' };`;
const broken = `throw new Error('libcudart.so is missing\\nand more');`;

it('is found in the folder that was named, and computes', async () => {
  const tf = loadTensorFlow(installed({ 'tfjs-node': working }));
  tf.env().set('IS_TEST', true);
  const errors = await caseErrors(createTensorFlowExecutor(tf), opCases.reduceSum);
  expect(Math.max(...errors)).toBeLessThan(1e-5);
});

it('is the one for a GPU where both are there, the other where that does not load', () => {
  const both = installed({ 'tfjs-node': named('plain'), 'tfjs-node-gpu': named('gpu') });
  expect(loadTensorFlow(both)).toEqual({ name: 'gpu' });
  const one = installed({ 'tfjs-node': named('plain'), 'tfjs-node-gpu': broken });
  expect(loadTensorFlow(one)).toEqual({ name: 'plain' });
});

it('is told to be missing, with how to add it', () => {
  const folder = temporaryFolder();
  const failure = thrown(() => loadTensorFlow(folder));
  expect(failure).toMatchObject({ code: 'tensorflow-missing' });
  expect(failure).toMatchObject({ message: `TensorFlow is not installed in "${folder}".` });
  expect(failure).toHaveProperty('remedy', expect.stringContaining('@tensorflow/tfjs-node-gpu'));
  expect(failure).toHaveProperty('remedy', expect.stringContaining('GENOISE_TENSORFLOW'));
});

it('is told to be unusable, with the reason', () => {
  const failure = thrown(() => loadTensorFlow(installed({ 'tfjs-node-gpu': broken })));
  expect(failure).toMatchObject({ code: 'tensorflow-unusable' });
  expect(failure).toHaveProperty('message', expect.stringContaining('says "libcudart.so is missing"'));
});

function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}
