import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApplication } from '../../main/app/application.ts';
import { writeSampleImages } from '../../main/importer/sampleImages.ts';
import { connect, openDoor, until, type OpenDoor, type Page } from './openDoor.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import type { AppEvent } from '../../shared/contract/events.ts';
import type { ProjectView } from '../../shared/contract/projectCommands.ts';

interface Place {
  readonly home: string;
  readonly door: OpenDoor;
  readonly page: Page;
}

async function openPlace(): Promise<Place> {
  const home = realpathSync(temporaryFolder());
  const application = createApplication({ dataFolder: join(home, 'data'), home, door: 'browser' });
  // Before the folder is removed.
  onTestFinished(() => application.close());
  const door = await openDoor(application);
  return { home, door, page: await connect(door) };
}

/** What the last event about the project said. */
function lastProject({ frames }: Page): ProjectView | null {
  const events = frames.flatMap(({ event }) => (event === undefined ? [] : [event as AppEvent]));
  return events.reduce<ProjectView | null>(
    (last, event) => (event.kind === 'project' ? event.project : last),
    null,
  );
}

function importsEnded({ frames }: Page): number {
  return frames.filter(({ event }) => {
    const said = event as AppEvent | undefined;
    return said?.kind === 'job' && said.job.kind === 'import' && said.job.state === 'done';
  }).length;
}

async function upload(door: OpenDoor, path: string, file: string, isFirst: boolean): Promise<string> {
  const query = new URLSearchParams({ batch: 'batch-0001', path, ...(!isFirst && { more: '1' }) });
  const answer = await fetch(`${door.origin}/upload?${query.toString()}`, {
    ...{ method: 'POST', headers: door.headers, body: readFileSync(file) },
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { folder: string }).folder;
}

describe('the browser door on the real application', () => {
  it('imports a folder, tells how far it is, and shows its pictures to two pages', async () => {
    const { home, door, page } = await openPlace();
    const other = await connect(door);
    await writeSampleImages(join(home, 'figures'), { count: 24, seed: 1, side: 48 });
    page.ask(1, 'project.create', { folders: [join(home, 'figures')] });
    expect((await page.frame(({ id }) => id === 1)).result).toMatchObject({
      name: 'figures',
      folder: join(home, 'Genoise', 'figures'),
    });
    for (const each of [page, other]) {
      await until(() => lastProject(each)?.images.ready === 24);
      await until(() => importsEnded(each) === 1);
    }
    const picture = await fetch(`${door.origin}/image/1/thumbnail`, { headers: door.headers });
    expect(picture.status).toBe(200);
    expect(picture.headers.get('content-type')).toMatch(/^image\/(jpeg|webp|png)$/);
    expect((await picture.arrayBuffer()).byteLength).toBeGreaterThan(100);
    expect((await fetch(`${door.origin}/image/25/thumbnail`, { headers: door.headers })).status).toBe(404);
    const folder = join(home, 'nowhere');
    other.ask(1, 'project.open', { folder });
    expect((await other.frame(({ id }) => id === 1)).error).toMatchObject({
      code: 'no-such-folder',
      details: { folder },
    });
  });

  it('copies dropped files into the project and imports them while they come in', async () => {
    const { home, door, page } = await openPlace();
    const source = join(temporaryFolder(), 'figures');
    const files = await writeSampleImages(source, { count: 90, seed: 2, side: 48 });
    const paths = files.map((file) => `figures/${file}`);
    const began = performance.now();
    const folder = await upload(door, paths[0], join(source, files[0]), true);
    await Promise.all(
      paths.slice(1, 10).map((path, i) => upload(door, path, join(source, files[i + 1]), false)),
    );
    page.ask(1, 'project.create', { folders: [folder] });
    await page.frame(({ id }) => id === 1);
    await until(() => (lastProject(page)?.images.ready ?? 0) > 0);
    const firstAfter = performance.now() - began;
    for (const [i, path] of paths.entries()) {
      if (i >= 10) await upload(door, path, join(source, files[i]), false);
    }
    await until(() => lastProject(page)?.images.ready === 90);
    expect(lastProject(page)?.folder).toBe(join(home, 'Genoise', 'figures'));
    expect(folder.startsWith(join(home, 'Genoise', 'figures', 'dropped'))).toBe(true);
    // Generous: other tests take their share of the machine.
    expect(firstAfter).toBeLessThan(10_000);
    console.log(`first images after ${Math.round(firstAfter)} ms`);
  });
});
