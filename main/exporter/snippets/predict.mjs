// Classifies images with classifier.onnx, which lies beside this file:
//     npm install onnxruntime-node sharp
//     node predict.mjs image.jpg [more images] [--json]
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

// Larger images are shrunk to this long side first, as those were that the classifier was trained on.
const longestSide = 256;

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
const classes = JSON.parse(await readFile(beside('labels.json'), 'utf8'));
// ONNX Runtime sends usage data to its maker otherwise.
process.env.ORT_DISABLE_TELEMETRY = '1';
const session = await InferenceSession.create(beside('classifier.onnx'));

/** A file as uint8 [1, height, width, 3]: upright, in sRGB, transparency on white. */
async function readImage(file) {
  const bytes = await readFile(file);
  const { autoOrient, format, depth, channels, icc } = await sharp(bytes).metadata();
  // Which of their values is white such files do not say; Genoise itself takes the brightest.
  const unstated = depth !== 'uchar' && icc === undefined && (format === 'tiff' || channels < 3);
  if (unstated) throw new Error('unsupported image: more than 8 bits without a colour profile');
  const { width, height } = autoOrient;
  const scale = Math.min(1, longestSide / Math.max(width, height));
  const scaled = (side) => Math.max(1, Math.round(side * scale));
  const { data, info } = await sharp(bytes, { failOn: 'error' })
    .autoOrient()
    .resize({ width: scaled(width), height: scaled(height), fit: 'fill', kernel: 'lanczos3' })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return new Tensor('uint8', new Uint8Array(data), [1, info.height, info.width, 3]);
}

async function classify(file) {
  const { probabilities } = await session.run({ images: await readImage(file) });
  const best = probabilities.data.reduce((top, value, i, all) => (value > all[top] ? i : top), 0);
  return { file, label: classes[best], probability: probabilities.data[best] };
}

const files = process.argv.slice(2).filter((argument) => argument !== '--json');
const json = process.argv.includes('--json');
for (const file of files) {
  try {
    const answer = await classify(file);
    const name = files.length > 1 ? `${file}: ` : '';
    console.log(json ? JSON.stringify(answer) : `${name}${answer.label} ${answer.probability.toFixed(4)}`);
  } catch (error) {
    if (json) console.log(JSON.stringify({ file, error: error.message }));
    else console.error(`${file}: ${error.message}`);
    process.exitCode = 1;
  }
}
if (files.length === 0) console.error('usage: node predict.mjs image.jpg [more images] [--json]');
