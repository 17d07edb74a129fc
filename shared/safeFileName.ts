/** Names that Windows keeps for devices, whatever their ending. */
const deviceName = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³]) *(\..*)?$/i;

/**
 * One name of a file or folder that every system takes: what one of them does not allow is written as `instead`, dots
 * and blanks at the end as one of it, and a `_` goes before the name of a device and stands for an empty one.
 */
export function safeFileName(name: string, instead: '_' | ' ' = '_'): string {
  const clean = name.replaceAll(/[<>:"/\\|?*\p{Cc}]/gu, instead).replace(/[. ]+$/, instead);
  return clean === '' || deviceName.test(clean) ? `_${clean}` : clean;
}

/**
 * The first of `start`, `start-2`, `start-3` … that is not taken.
 * @param between what stands before the number
 * @param end what each ends in, `.csv`
 */
export function unusedName(
  start: string,
  isTaken: (name: string) => boolean,
  { between = '-', end = '' }: { readonly between?: string; readonly end?: string } = {},
): string {
  for (let number = 1; ; number++) {
    const name = `${start}${number === 1 ? '' : `${between}${number}`}${end}`;
    if (!isTaken(name)) return name;
  }
}
