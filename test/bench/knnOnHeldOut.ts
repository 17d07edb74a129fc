import { join } from 'node:path';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { labelImages } from '../../main/app/labelImages.ts';
import { withLibrary } from '../../main/app/withLibrary.ts';
import { openPixelStore } from '../../main/importer/pixelStore.ts';
import { latestCheckpoint } from '../../main/library/checkpoints.ts';
import { listLabelledSlots } from '../../main/library/labels.ts';
import { openProjectReadOnly } from '../../main/library/project.ts';
import { createEncoder } from '../../main/nn/createEncoder.ts';
import { readCheckpoint } from '../../main/training/checkpoint.ts';
import { createEmbedder } from '../../main/training/embed.ts';
import { knnClassify } from '../../main/training/knn.ts';
import type { RunId } from '../../shared/records.ts';

/** Share of the held-out photographs that their 20 nearest training photographs name rightly, all labels known. */
export async function knnOnHeldOut(folder: string, run: number): Promise<number> {
  await withLibrary(folder, (library) => labelImages(library, { source: { kind: 'folders' } }));
  const project = openProjectReadOnly(folder);
  const store = openPixelStore(project.pixelsFolder);
  try {
    const row = latestCheckpoint(project.db, run as RunId);
    if (row === null) throw new Error(`run ${run} has no checkpoint`);
    const { metadata, state } = readCheckpoint(join(project.folder, row.path));
    const embedder = await createEmbedder({
      encoder: createEncoder(metadata.plan.encoder),
      weights: state,
      store,
      imageSize: metadata.plan.imageSize,
      executor: ortExecutor({ device: 'cpu' }),
    });
    const labels = listLabelledSlots(project.db);
    const [train, test] = [labels.filter((label) => !label.heldOut), labels.filter((label) => label.heldOut)];
    const reference = await embedder.embed(train.map(({ slot }) => slot));
    const queries = await embedder.embed(test.map(({ slot }) => slot));
    await embedder.dispose();
    const answers = knnClassify(
      reference,
      train.map(({ classId }) => classId),
      queries,
    );
    return answers.filter((answer, i) => answer === test[i].classId).length / test.length;
  } finally {
    store.close();
    project.close();
  }
}
