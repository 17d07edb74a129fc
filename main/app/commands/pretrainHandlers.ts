import { findDevices } from '../findDevices.ts';
import { pretrainOffer } from '../pretrainOffer.ts';
import { listPretrainRuns, readPretrainRun } from '../pretrainRuns.ts';
import { previewViews } from '../previewViews.ts';
import { liveTrace, startPretraining, stopAndKeep } from '../startPretraining.ts';
import type { pretrainCommands } from '../../../shared/contract/pretrainCommands.ts';
import type { Handlers } from '../handler.ts';

/** Images of a preview: enough to see that they differ, and quick to draw. */
const previewImages = 4;
/** How often the views of each are drawn: most methods have two views. */
const previewDraws = 3;

export const pretrainHandlers: Handlers<keyof typeof pretrainCommands> = {
  'pretrain.options': (context) => pretrainOffer(context.library(), context.unfinished.read()),
  'pretrain.devices': async () => [...(await findDevices())],
  'pretrain.preview': async (context, { method, preset, imageSize, seed }) => {
    const library = context.library();
    const { images } = await library.read.spreadImages(previewImages);
    const options = { method, preset, imageSize, seed, draws: previewDraws };
    const shown = await previewViews(library, { ...options, images: images.map(({ id }) => id) });
    return {
      imageSize: shown.imageSize,
      rows: shown.rows.map(({ imageId, views }) => ({
        imageId,
        views: views.map(({ type, bytes }) => ({ type, base64: Buffer.from(bytes).toString('base64') })),
      })),
    };
  },
  'pretrain.start': async (context, choice) => {
    startPretraining(context, { choice });
    return null;
  },
  'pretrain.resume': async (context, { run }) => {
    startPretraining(context, { resume: run });
    return null;
  },
  'pretrain.stopAndKeep': async (context) => {
    stopAndKeep(context);
    return null;
  },
  'pretrain.runs': (context) => listPretrainRuns(context.library()),
  'pretrain.run': (context, { run }) => readPretrainRun(context.library(), run, liveTrace(context, run)),
};
