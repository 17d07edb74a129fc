import { describe, expect, it, onTestFinished } from 'vitest';
import { createUploadImports } from '../../main/web/uploadImports.ts';
import { fakeApplication, until, type FakeApplication } from './openDoor.ts';
import type { JobView } from '../../shared/contract/jobCommands.ts';
import type { UploadBatch } from '../../main/web/uploadBatch.ts';

const project = '/p/a';

interface Scene {
  readonly application: FakeApplication;
  readonly imports: ReturnType<typeof createUploadImports>;
  readonly batch: { -readonly [K in keyof UploadBatch]: UploadBatch[K] };
  readonly come: (files: number) => void;
  readonly endImport: (state?: JobView['state']) => void;
  readonly open: (folder: string | null) => void;
  /** Folders of each import that was asked for. */
  readonly imported: () => readonly unknown[];
}

/** A drop that comes in, and an application whose imports end when the test says so. */
function scene(): Scene {
  let jobs: JobView[] = [];
  let current: string | null = project;
  const application = fakeApplication({
    call: async (name, request) => {
      if (name === 'project.current') return current === null ? null : { folder: current };
      if (name === 'jobs.list') return jobs;
      if (name === 'jobs.dismiss') jobs = jobs.filter(({ id }) => id !== (request as { id: string }).id);
      if (name === 'project.create' || name === 'project.import') {
        jobs = [
          ...jobs,
          { id: `job-${jobs.length + 1}`, kind: 'import', state: 'running', endedAt: null } as JobView,
        ];
      }
      return null;
    },
  });
  const imports = createUploadImports(application, 100);
  onTestFinished(() => imports.close());
  const batch = {
    ...{ folder: '/p/a/dropped/1', roots: new Set(['/p/a/dropped/1/a']), count: 0 },
    add: async () => '',
  };
  return {
    application,
    imports,
    batch,
    come(files) {
      batch.count += files;
      imports.arrived(batch);
    },
    endImport(state = 'done') {
      jobs = jobs.map((job) => (job.endedAt === null ? { ...job, state, endedAt: 1 } : job));
      application.emit({ kind: 'job', job: jobs[jobs.length - 1] });
    },
    open: (folder) => (current = folder),
    imported: () =>
      application.asked.filter(({ name }) => name === 'project.import').map(({ request }) => request),
  };
}

const create = { folders: ['/p/a/dropped/1/a'] };
const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 400));

describe('files that come in while they are imported', () => {
  it('are imported once the import before has ended, folders that came later too', async () => {
    const { application, imports, batch, come, endImport, imported } = scene();
    come(10);
    await imports.call('project.create', create);
    batch.roots = new Set(['/p/a/dropped/1/a', '/p/a/dropped/1/b']);
    come(200);
    await aWhile();
    expect(imported()).toEqual([]);
    endImport();
    await until(() => imported().length === 1);
    expect(imported()).toEqual([{ folders: ['/p/a/dropped/1/a', '/p/a/dropped/1/b'] }]);
    endImport();
    come(1);
    await until(() => imported().length === 2);
    // One line in the list of jobs, not one for each part.
    const dismissed = application.asked.filter(({ name }) => name === 'jobs.dismiss');
    expect(dismissed.map(({ request }) => request)).toEqual([{ id: 'job-2' }]);
    endImport();
    await aWhile();
    expect(imported()).toHaveLength(2);
  });

  it('are left alone when nobody has asked for their import, or for another folder only', async () => {
    const { imports, come, imported } = scene();
    come(100);
    await imports.call('project.create', { folders: ['/p/a/dropped/10/a'] });
    come(100);
    await aWhile();
    expect(imported()).toEqual([]);
  });

  it('are not imported into another project, nor after the person has stopped the import', async () => {
    const other = scene();
    other.come(1);
    await other.imports.call('project.create', create);
    other.endImport();
    other.open('/p/b');
    other.come(100);
    const stopped = scene();
    stopped.come(1);
    await stopped.imports.call('project.create', create);
    stopped.endImport('cancelled');
    stopped.come(100);
    await aWhile();
    expect([other.imported(), stopped.imported()]).toEqual([[], []]);
  });
});
