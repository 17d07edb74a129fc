import { openLibrary, type Library } from '../../main/library/client.ts';
import { randomStream } from '../../main/nn/random.ts';
import {
  imageSets,
  imageSorts,
  type ImageFilter,
  type ImageQuery,
  type ImageSort,
} from '../../shared/imageWindow.ts';
import type { ClassId, RootId } from '../../shared/records.ts';
import { generatedClasses } from './libraryRows.ts';
import type { Samples } from './libraryRun.ts';

const windowImages = 200;
const windowsEach = 40;

/** Every set, and what else the grid can filter by. */
const filters: readonly ImageFilter[] = [
  ...imageSets.map((show) => ({ show })),
  { show: 'all', classId: 3 as ClassId },
  { show: 'ready', rootId: 2 as RootId },
  { show: 'ready', folder: generatedClasses[1] },
  { show: 'ready', text: 'session-00' },
];

/** One process that opens a project as the application does and shows its first window, by name. */
export async function openOnce(project: string): Promise<Samples> {
  const [opening, library] = await timed(() => openLibrary(project));
  const [first] = await timed(() => windowAt(library, { filter: { show: 'all' }, sort: 'name' }, 0));
  await library.close();
  return { open: [opening], 'first window, by name': [first] };
}

/** Every filter and sort in a library just opened, which has nothing prepared. */
export async function openCold(project: string): Promise<Samples> {
  const samples: Record<string, number[]> = {};
  for (const query of allQueries()) {
    const library = await openLibrary(project);
    const [took] = await timed(() => windowAt(library, query, 0));
    (samples[`first window, ${query.sort}`] ??= []).push(took);
    await library.close();
  }
  return samples;
}

/** Every filter and sort one after the other; in each, windows at random positions. */
export async function browse(project: string): Promise<Samples> {
  const library = await openLibrary(project);
  const random = randomStream('library bench windows');
  const windows: number[] = [];
  const thumbnails: number[] = [];
  for (const query of allQueries()) {
    const { total, order } = await windowAt(library, query, 0);
    for (let i = 0; i < windowsEach; i += 1) {
      const start = random.integer(Math.max(1, total - windowImages));
      const [took, { rows }] = await timed(() => windowAt(library, query, start, order));
      windows.push(took);
      if (i > 0 || query.filter.show !== 'all') continue;
      const [all] = await timed(() => Promise.all(rows.map(({ id }) => library.read.getThumbnail(id))));
      thumbnails.push(all);
    }
  }
  await library.close();
  return { 'window, warm': windows, 'thumbnails of a window': thumbnails };
}

/** What a person waits for who chooses another filter or sort: nothing of it is prepared but what came before. */
export async function changeFilters(project: string): Promise<Samples> {
  const library = await openLibrary(project);
  const samples = { sort: [] as number[], filter: [] as number[], afterLabel: [] as number[] };
  for (const sort of imageSorts) {
    for (const filter of filters) {
      const [took] = await timed(() => windowAt(library, { filter, sort }, 0));
      (filter === filters[0] ? samples.sort : samples.filter).push(took);
    }
  }
  for (const query of labelQueries()) {
    await labelOne(library);
    const [took] = await timed(() => windowAt(library, query, 0));
    samples.afterLabel.push(took);
    await library.write.undoLabels();
  }
  await library.close();
  return {
    'change of sort': samples.sort,
    'change of filter': samples.filter,
    'change of filter, labels changed': samples.afterLabel,
  };
}

function labelQueries(): readonly ImageQuery[] {
  return allQueries().filter(
    ({ filter, sort }) =>
      ['labelled', 'unlabeled'].includes(filter.show) || ['newest-label', 'class'].includes(sort),
  );
}

/** Changes the label of the first labelled image. */
async function labelOne(library: Library): Promise<void> {
  const { rows } = await windowAt(library, { filter: { show: 'labelled' }, sort: 'imported' }, 0);
  const [first] = rows;
  const classId = (first.classId === 1 ? 2 : 1) as ClassId;
  await library.write.setLabels([{ imageId: first.id, classId }], 'person');
}

function allQueries(): readonly ImageQuery[] {
  return imageSorts.flatMap((sort: ImageSort) => filters.map((filter) => ({ filter, sort })));
}

function windowAt(library: Library, query: ImageQuery, start: number, order?: string) {
  return library.read.listWindow(query, start, windowImages, order);
}

/** Milliseconds until what `work` promises is there, and what it is. */
export async function timed<T>(work: () => T | Promise<T>): Promise<readonly [number, T]> {
  const start = performance.now();
  const result = await work();
  return [performance.now() - start, result];
}
