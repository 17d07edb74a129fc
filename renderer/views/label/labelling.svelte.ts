import { untrack } from 'svelte';
import { errorToPlain, type PlainError } from '../../../shared/errors.ts';
import { api } from '../../api.ts';
import { formatCount } from '../../parts/formatNumber.ts';
import { notices } from '../../state/notices.svelte.ts';
import { route } from '../../state/route.svelte.ts';
import { settings } from '../../state/settings.svelte.ts';
import { actionQueue } from './actionQueue.ts';
import { afterPaint } from './afterPaint.ts';
import { noImages } from './chosenImages.ts';
import { picturesAhead } from './picturesAhead.ts';
import { afterStep, imagesOfStep, nextOpen } from './roundPlace.ts';
import type { AskedImage, AskedRound, HistoryStep, Mark } from '../../../shared/labelling.ts';
import type { ClassId, ImageId } from '../../../shared/records.ts';

/** What was done last, to be shown at once. */
export interface Echo {
  readonly images: number;
  readonly classId: ClassId | null;
  readonly mark: Mark | null;
}

/** The address follows when nobody has gone on for so long: each change of it is work for the whole browser. */
const addressAfterMs = 300;
/** So long after a change of labels somewhere the images of the round are read anew. */
const lookAgainMs = 600;

function isOpen({ classId, mark }: AskedImage): boolean {
  return classId === null && mark === null;
}

/**
 * The round of images that are asked about, where the person is in it, and what they answer. Answers are done one after
 * the other: each goes to the image that is shown when its turn has come, and nothing is drawn before it is on disk.
 */
export class Labelling {
  images = $state.raw<readonly AskedImage[]>([]);
  index = $state(0);
  /** An image from outside of the round, that the person came back to. */
  visited = $state.raw<AskedImage | null>(null);
  number = $state(0);
  embedded = $state(false);
  outdated = $state(false);
  /** Whether the next round is being chosen. */
  choosing = $state(true);
  roundError = $state.raw<PlainError | null>(null);
  echo = $state.raw<Echo | null>(null);
  waiting = $state(0);
  error = $state.raw<PlainError | null>(null);
  /** In the grid: the images that an answer goes to. */
  selected = $state.raw<ReadonlySet<ImageId>>(noImages);
  readonly #pictures = picturesAhead();
  #addressTimer: ReturnType<typeof setTimeout> | undefined;
  #looksAgain: ReturnType<typeof setTimeout> | null = null;
  /** Counts what was done, so that a reading that was overtaken is known. */
  #done = 0;
  readonly #queue = actionQueue(({ waiting, error }) => {
    this.waiting = waiting;
    this.error = error === null ? null : errorToPlain(error);
  });

  get current(): AskedImage | null {
    return this.visited ?? this.images[this.index] ?? null;
  }

  get answered(): number {
    return this.images.filter((image) => image.classId !== null || image.mark !== null).length;
  }

  /** Reads the round at hand; stays at its image where that is still in it. */
  async read(): Promise<void> {
    const image = Number(untrack(() => this.current?.imageId ?? route.query.get('image')));
    await this.#take(() => api.call('labels.round'), image);
  }

  /** Goes to the next round. */
  nextRound = (): void => this.#queue.push(() => this.#goToNextRound());

  give = (classId: ClassId | null): void => this.#queue.push(() => this.#answer({ classId, mark: null }));
  mark = (mark: Mark): void => this.#queue.push(() => this.#answer({ classId: null, mark }));
  undo = (): void => this.#queue.push(() => this.#step('labels.undo'));
  redo = (): void => this.#queue.push(() => this.#step('labels.redo'));
  next = (): void => this.#queue.push(() => this.#move(1));
  previous = (): void => this.#queue.push(() => this.#move(-1));
  visit = (id: ImageId): void => this.#queue.push(() => this.#visit(id));
  retry = (): void => this.#queue.retry();
  drop = (): void => this.#queue.drop();

  /** Shows an image of the round. */
  show(index: number): void {
    this.visited = null;
    this.index = Math.max(0, Math.min(index, this.images.length - 1));
    this.#placed();
  }

  async #answer({ classId, mark }: { classId: ClassId | null; mark: Mark | null }): Promise<void> {
    const current = this.current;
    const grid = [...this.selected];
    const ids = grid.length > 0 ? grid : current === null ? [] : [current.imageId];
    if (ids.length === 0) return;
    if (mark === null) await api.call('labels.set', { images: { ids }, classId });
    else await api.call('labels.mark', { images: { ids }, mark });
    this.#done += 1;
    const change = (image: AskedImage): AskedImage => {
      if (!ids.includes(image.imageId)) return image;
      return mark === null
        ? { ...image, classId, mark: classId === null ? image.mark : null }
        : { ...image, mark };
    };
    this.images = this.images.map(change);
    if (this.visited !== null) this.visited = change(this.visited);
    this.echo = { images: ids.length, classId, mark };
    this.selected = noImages;
    const goesOn = grid.length === 0 && (classId !== null || mark !== null);
    if (goesOn && (settings.values.advance || mark !== null)) await this.#advance();
  }

  async #advance(): Promise<void> {
    if (this.visited !== null) {
      this.show(this.index);
      return;
    }
    const open = nextOpen(this.images, this.index + 1);
    if (open >= 0) this.show(open);
    else await this.#goToNextRound();
  }

  async #move(by: 1 | -1): Promise<void> {
    if (this.visited !== null) this.show(this.index);
    else if (by === 1 && this.index + 1 >= this.images.length) await this.#goToNextRound();
    else this.show(this.index + by);
  }

  async #step(command: 'labels.undo' | 'labels.redo'): Promise<void> {
    const step = command === 'labels.undo' ? await api.call(command, null) : await api.call(command);
    this.#done += 1;
    if (step === null) {
      notices.say(command === 'labels.undo' ? 'There is nothing to undo.' : 'There is nothing to do again.');
      return;
    }
    this.images = afterStep(this.images, step);
    this.selected = noImages;
    this.echo = null;
    await this.#showStep(step, command === 'labels.undo');
  }

  async #showStep(step: HistoryStep, undone: boolean): Promise<void> {
    const ids = imagesOfStep(step);
    const what = undone ? 'undone' : 'done again';
    if (step.classes.length > 0) notices.say(`The change of a class was ${what}.`);
    else if (ids.length > 1) notices.say(`The answers for ${formatCount(ids.length, 'image')} were ${what}.`);
    else if (ids[0] !== undefined) await this.#visit(ids[0]);
  }

  async #visit(id: ImageId): Promise<void> {
    const place = this.images.findIndex(({ imageId }) => imageId === id);
    if (place >= 0) {
      this.show(place);
      return;
    }
    const [image] = await api.call('labels.images', { ids: [id] });
    if (image !== undefined) this.visited = image;
  }

  async #goToNextRound(): Promise<void> {
    await this.#take(() => api.call('labels.nextRound', { after: this.number }), null);
  }

  async #take(ask: () => Promise<AskedRound>, image: number | null): Promise<void> {
    this.choosing = true;
    try {
      const { number, images, embedded, outdated } = await ask();
      Object.assign(this, { number, images, embedded, outdated, roundError: null, selected: noImages });
      const place = images.findIndex(({ imageId }) => imageId === image);
      this.show(place >= 0 ? place : Math.max(0, nextOpen(images, 0)));
    } catch (error) {
      this.roundError = errorToPlain(error);
    } finally {
      this.choosing = false;
    }
  }

  /** Labels changed, perhaps in another window or by an undo elsewhere: the round shows them, once nobody is at work. */
  lookAgain(): void {
    if (this.#looksAgain !== null) clearTimeout(this.#looksAgain);
    this.#looksAgain = setTimeout(() => void this.#readImages(), lookAgainMs);
  }

  async #readImages(): Promise<void> {
    const { images, visited } = this;
    const done = this.#done;
    const ids = [...images, ...(visited === null ? [] : [visited])].map(({ imageId }) => imageId);
    if (ids.length === 0) return;
    // What fails here is read with the next change; what the person does themselves tells its own errors.
    const rows = await api.call('labels.images', { ids }).catch(() => []);
    if (this.#done !== done || this.waiting > 0 || this.images !== images || this.visited !== visited) {
      this.lookAgain();
      return;
    }
    const asNow = (image: AskedImage): AskedImage => {
      const { classId, mark } = rows.find(({ imageId }) => imageId === image.imageId) ?? image;
      return { ...image, classId, mark };
    };
    this.images = images.map(asNow);
    this.visited = visited === null ? null : asNow(visited);
  }

  /** Keeps the place over a reload, and fetches the pictures that come next; both when this one is painted. */
  #placed(): void {
    afterPaint('label place', () => {
      const image = this.images[this.index];
      if (image === undefined) return;
      clearTimeout(this.#addressTimer);
      this.#addressTimer = setTimeout(() => route.replace('label', { image: image.imageId }), addressAfterMs);
      this.#pictures.fetch(
        this.images
          .slice(this.index + 1)
          .filter(isOpen)
          .map(({ imageId }) => imageId),
      );
    });
  }
}
