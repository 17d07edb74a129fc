// Prints the embeddings of images by encoder.onnx, which lies beside this file, one line of JSON each:
//     npm install onnxruntime-node sharp
//     node embed.mjs image.jpg [more images]
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

// Larger images are shrunk to this long side first, as those were that the encoder was trained on.
const longestSide = 256;

// ONNX Runtime sends usage data to its maker otherwise.
process.env.ORT_DISABLE_TELEMETRY = '1';
const session = await InferenceSession.create(fileURLToPath(new URL('encoder.onnx', import.meta.url)));

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

const files = process.argv.slice(2);
for (const file of files) {
  try {
    const { embedding } = await session.run({ images: await readImage(file) });
    console.log(JSON.stringify({ file, embedding: Array.from(embedding.data) }));
  } catch (error) {
    console.log(JSON.stringify({ file, error: error.message }));
    process.exitCode = 1;
  }
}
if (files.length === 0) console.error('usage: node embed.mjs image.jpg [more images]');
