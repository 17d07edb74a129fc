import { api } from '../api.ts';
import { connection } from './connection.svelte.ts';
import { notices } from './notices.svelte.ts';
import type { ProjectView } from '../../shared/contract/projectCommands.ts';
import type { Screen } from './routeAddress.ts';

export type StepState = 'done' | 'next' | 'later';

/** The open project. */
class Project {
  current = $state.raw<ProjectView | null>(null);
  /** False until it is known whether one is open. */
  known = $state(false);

  constructor() {
    api.on('project', (event) => this.#take(event.project));
    $effect.root(() => {
      $effect(() => {
        if (connection.openings > 0) void this.#read();
      });
    });
  }

  /** Which steps are behind, which one is up next. Labelling is done for now once every class has ten images. */
  get steps(): Readonly<Record<Exclude<Screen, 'start'>, StepState>> {
    const project = this.current;
    const done = {
      images: (project?.images.ready ?? 0) > 0,
      pretrain: project?.pretrained ?? false,
      label: (project?.classes ?? 0) >= 2 && (project?.labelled ?? 0) >= 10 * (project?.classes ?? 0),
      train: project?.trained ?? false,
      export: project?.exported ?? false,
    };
    const next = (['images', 'pretrain', 'label', 'train', 'export'] as const).find((step) => !done[step]);
    const state = (step: keyof typeof done): StepState =>
      done[step] ? 'done' : step === next ? 'next' : 'later';
    return {
      images: state('images'),
      pretrain: state('pretrain'),
      label: state('label'),
      train: state('train'),
      export: state('export'),
    };
  }

  async #read(): Promise<void> {
    try {
      this.#take(await api.call('project.current'));
    } catch (error) {
      notices.fail(error);
    }
  }

  #take(project: ProjectView | null): void {
    if (project !== null) api.picturesOf(project.folder);
    this.current = project;
    this.known = true;
  }
}

export const project = new Project();
