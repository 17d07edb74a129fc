export interface FolderCrumb {
  readonly name: string;
  readonly path: string;
}

/** The folders from the user's home to a folder in it, both named. `home` says which separator paths have here. */
export function folderCrumbs(home: string, folder: string): readonly FolderCrumb[] {
  const separator = home.includes('\\') ? '\\' : '/';
  const names = folder
    .slice(home.length)
    .split(separator)
    .filter((name) => name !== '');
  const path = (count: number): string => [home, ...names.slice(0, count)].join(separator);
  return [{ name: 'Home', path: home }, ...names.map((name, index) => ({ name, path: path(index + 1) }))];
}
