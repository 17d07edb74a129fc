/** Names of the messages between the preload and the main process. */
export const channels = {
  call: 'genoise:call',
  event: 'genoise:event',
  chooseFolders: 'genoise:choose-folders',
} as const;
