import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportClassifier, type ExportOptions, type ExportSummary } from '../../main/app/exportClassifier.ts';
import { withReadOnlyLibrary } from '../../main/app/withLibrary.ts';
import { decodeFolderToStore } from '../../main/importer/decodeFolderToStore.ts';
import { addCheckpoint } from '../../main/library/checkpoints.ts';
import { ensureClasses } from '../../main/library/classes.ts';
import { setClassifier } from '../../main/library/classifiers.ts';
import { writeImportBatch } from '../../main/library/images.ts';
import { createProject, type Project } from '../../main/library/project.ts';
import { ensureRoots } from '../../main/library/roots.ts';
import { createRun } from '../../main/library/runs.ts';
import { drawHeldOutPool } from '../helpers/drawHeldOutPool.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import {
  classes,
  makeExportFixture,
  slotSize,
  writeTestClassifier,
  type ExportFixture,
} from './exportFixture.ts';
import type { ExportProgress } from '../../shared/exporting.ts';
import type { RunId } from '../../shared/records.ts';

let fixture: ExportFixture;
let project: Project;
beforeAll(async () => {
  fixture = await makeExportFixture();
  const folder = join(fixture.folder, 'project');
  project = createProject(folder, { seed: 'test', heldOutFraction: 0 });
  const [root] = ensureRoots(project.db, [fixture.imageFolder]);
  const files = await decodeFolderToStore(fixture.imageFolder, project.pixelsFolder, slotSize);
  const images = files.map((file) => ({ ...file, rootId: root.id }));
  writeImportBatch(project.db, { images, missing: [] });
  drawHeldOutPool(project.db);
});
afterAll(() => {
  project.close();
  fixture.remove();
});

const attempt = (changes: { encoder?: boolean; run?: string } = {}): Promise<string | null> => {
  const options = { out: join(temporaryFolder(), 'out'), encoder: false, run: null, ...changes };
  return errorCode(() => exported(options));
};

function exported(
  options: ExportOptions,
  onProgress: (progress: ExportProgress) => void = () => undefined,
): Promise<ExportSummary> {
  return withReadOnlyLibrary(project.folder, (library) => exportClassifier(library, options, onProgress));
}

function addRun(kind: 'pretrain' | 'probe', parentRunId: RunId | null = null): RunId {
  const run = { kind, method: 'simclr', encoder: 'resnet18', settings: {}, parentRunId, totalSteps: 10 };
  return createRun(project.db, run).id;
}

describe('exporting from a project', () => {
  it('needs something to export', async () => {
    expect(await attempt()).toBe('no-classifier');
    expect(await attempt({ encoder: true })).toBe('no-checkpoint');
    expect(await attempt({ run: '7' })).toBe('run-not-found');
  });

  it('exports the newest classifier while the project is open elsewhere; with none held out, checks a sample', async () => {
    const pretraining = addRun('pretrain');
    const run = addRun('probe', pretraining);
    mkdirSync(join(project.checkpointsFolder, String(run)));
    const path = `checkpoints/${run}/classifier.safetensors`;
    writeTestClassifier(join(project.folder, path), fixture.weights);
    const classIds = ensureClasses(project.db, classes).map(({ id }) => id);
    setClassifier(project.db, { runId: run, path, classIds, imageSize: 16 });

    const out = join(temporaryFolder(), 'out');
    const phases = new Set<string>();
    const summary = await exported({ out, encoder: false, run: null }, ({ phase }) => phases.add(phase));
    expect(summary).toMatchObject({ run, folder: out, classes });
    expect(summary.originalFiles).toMatchObject({ on: 'sample', files: 20, same: 20, leftOut: 0 });
    expect([...phases]).toEqual(['writing', 'checking-numbers', 'checking-files']);
    const card = readFileSync(join(out, 'MODEL_CARD.md'), 'utf8');
    expect(card).toContain('20 original files (none are held out: a sample)');
    expect(card).toContain('Not measured');
    expect(card).toContain(`Pretraining: run ${pretraining}, simclr`);
  });

  it('tells a damaged checkpoint', async () => {
    const run = addRun('pretrain');
    const path = `checkpoints/${run}.safetensors`;
    writeFileSync(join(project.folder, path), 'damaged');
    addCheckpoint(project.db, { runId: run, path, step: 10, sha256: '00' });
    expect(await attempt({ encoder: true })).toBe('checkpoint-corrupted');
  });
});
