import { z } from 'zod';
import { command } from './command.ts';

const entry = z.object({ name: z.string(), path: z.string() });

/** To choose folders where the system's dialog cannot be had: a browser cannot tell their paths. */
export const folderCommands = {
  /** Folders in a folder below the user's home; the home itself when null. */
  'folders.list': command(
    z.object({ folder: z.string().nullable() }),
    z.object({
      folder: z.string(),
      /** Null at the top. */
      parent: z.string().nullable(),
      folders: z.array(z.object({ name: z.string(), path: z.string(), isProject: z.boolean() })),
      /** Whether the folder itself is a project. */
      isProject: z.boolean(),
      /** Image files directly in it, as far as their names tell. */
      images: z.number(),
    }),
  ),
  'folders.make': command(z.object({ parent: z.string(), name: z.string().min(1) }), entry),
};
