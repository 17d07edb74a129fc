import { z } from 'zod';
import { command, nothing } from './command.ts';

/** The open project, as every screen needs to know it. */
export interface ProjectView {
  /** Absolute. */
  readonly folder: string;
  readonly name: string;
  readonly images: {
    readonly ready: number;
    readonly unreadable: number;
    readonly missing: number;
    readonly heldOut: number;
  };
  readonly labelled: number;
  readonly classes: number;
  /** Newest pretraining that has a checkpoint, its state; what the steps at the top of the window show. */
  readonly pretrained: boolean;
  readonly trained: boolean;
  readonly exported: boolean;
}

export const projectView: z.ZodType<ProjectView> = z.object({
  folder: z.string(),
  name: z.string(),
  images: z.object({
    ready: z.number(),
    unreadable: z.number(),
    missing: z.number(),
    heldOut: z.number(),
  }),
  labelled: z.number(),
  classes: z.number(),
  pretrained: z.boolean(),
  trained: z.boolean(),
  exported: z.boolean(),
});

export interface RecentProject {
  readonly folder: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  /** Whether it is still there. */
  readonly exists: boolean;
}

const recentProject: z.ZodType<RecentProject> = z.object({
  folder: z.string(),
  name: z.string(),
  openedAt: z.number(),
  exists: z.boolean(),
});

const folders = z.array(z.string().min(1)).min(1);

export const projectCommands = {
  /** The open project; null when there is none. */
  'project.current': command(nothing, projectView.nullable()),
  'project.recent': command(nothing, z.array(recentProject)),
  /** Takes a project off the list of recent ones; its folder stays. */
  'project.forget': command(z.object({ folder: z.string() }), nothing),
  'project.open': command(z.object({ folder: z.string() }), projectView),
  /**
   * Makes a project for these folders and files where projects are kept, opens it, and starts to import. Where a
   * project is open already it is closed before.
   */
  'project.create': command(z.object({ folders, name: z.string().optional() }), projectView),
  /** Draws sample images, as a job, makes a project of them and opens it; opens it where it was made before. */
  'project.createSample': command(nothing, projectView),
  /** Imports more folders into the open project, or looks at its folders again when none is given. */
  'project.import': command(z.object({ folders: z.array(z.string().min(1)) }), nothing),
  /** Stops what runs (which saves) and closes it. */
  'project.close': command(nothing, nothing),
};
