import type { jobCommands } from '../../../shared/contract/jobCommands.ts';
import type { Handlers } from '../handler.ts';

export const jobHandlers: Handlers<keyof typeof jobCommands> = {
  'jobs.list': async ({ jobs }) => [...jobs.list()],
  'jobs.cancel': async ({ jobs }, { id }) => {
    jobs.cancel(id);
    return null;
  },
  'jobs.pause': async ({ jobs }, { id }) => {
    await jobs.pause(id);
    return null;
  },
  'jobs.resume': async ({ jobs }, { id }) => {
    await jobs.resume(id);
    return null;
  },
  'jobs.dismiss': async ({ jobs }, { id }) => {
    jobs.dismiss(id);
    return null;
  },
};
