import { z } from 'zod';
import { command, id, nothing } from './command.ts';
import { deviceChoices, probedDevices } from '../devices.ts';
import {
  fewestPixels,
  mostPixels,
  type FoundDevice,
  type PretrainChoice,
  type PretrainOffer,
  type PretrainRun,
  type PretrainView,
} from '../pretraining.ts';
import type { ImageId, RunId } from '../records.ts';

const time = z.union([
  z.object({ minutes: z.number().positive().max(100_000) }),
  z.object({ epochs: z.number().int().positive().max(1_000_000) }),
]);

const imageSize = z.number().int().min(fewestPixels).max(mostPixels).nullable();

const pretrainChoice: z.ZodType<PretrainChoice> = z.object({
  method: z.string(),
  encoder: z.string(),
  width: z.number(),
  preset: z.string(),
  time,
  imageSize,
  batchSize: z.number().int().min(2).nullable(),
  device: z.enum(deviceChoices),
});

const offer: z.ZodType<PretrainOffer> = z.object({
  images: z.number(),
  heldOut: z.number(),
  unfinished: id<RunId>().nullable(),
  before: z.object({ imagesPerSecond: z.number(), encoder: z.string(), imageSize: z.number() }).nullable(),
});

const foundDevice: z.ZodType<FoundDevice> = z.object({
  device: z.enum(probedDevices),
  available: z.boolean(),
  reason: z.string().nullable(),
  gigaflops: z.number().nullable(),
});

export const pretrainRun: z.ZodType<PretrainRun> = z.object({
  id: id<RunId>(),
  state: z.enum(['running', 'done', 'interrupted', 'failed']),
  error: z.string().nullable(),
  method: z.string(),
  encoder: z.string(),
  doneSteps: z.number(),
  totalSteps: z.number(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  imageSize: z.number().nullable(),
  batchSize: z.number().nullable(),
  stepsPerEpoch: z.number().nullable(),
  device: z.string().nullable(),
  preset: z.string(),
  time: time.nullable(),
});

const curve = z.array(z.object({ step: z.number(), value: z.number() }));

const pretrainView: z.ZodType<PretrainView> = z.object({
  run: pretrainRun,
  loss: curve,
  knn: curve,
  // Reports of our own worker, kept as they came: their kinds are what is looked at.
  newest: z.record(z.string(), z.looseObject({ kind: z.string() })) as unknown as z.ZodType<
    PretrainView['newest']
  >,
});

const run = z.object({ run: id<RunId>() });

export const pretrainCommands = {
  /** What a pretraining would work with. */
  'pretrain.options': command(nothing, offer),
  /** Devices of this machine; looked for once, which takes a few seconds. */
  'pretrain.devices': command(nothing, z.array(foundDevice)),
  /** Views of a few of the project's images, as PNG in base64. */
  'pretrain.preview': command(
    z.object({ method: z.string(), preset: z.string(), imageSize, seed: z.number().int().nonnegative() }),
    z.object({
      imageSize: z.number(),
      rows: z.array(
        z.object({
          imageId: id<ImageId>(),
          views: z.array(z.object({ type: z.string(), base64: z.string() })),
        }),
      ),
    }),
  ),
  /** Starts one, as a job. */
  'pretrain.start': command(pretrainChoice, nothing),
  /** Goes on with one that was interrupted, as it was started. */
  'pretrain.resume': command(run, nothing),
  /** Ends the one under way with what it has learned, as if that had been all. */
  'pretrain.stopAndKeep': command(nothing, nothing),
  /** All pretrainings of the project, the newest first. */
  'pretrain.runs': command(nothing, z.array(pretrainRun)),
  'pretrain.run': command(run, pretrainView),
};
