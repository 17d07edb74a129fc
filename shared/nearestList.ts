interface Alike {
  readonly cosine: number;
}

/** Whether a cosine belongs to the `k` largest, of which `list` holds those found so far. */
export function isAmongNearest(list: readonly Alike[], k: number, cosine: number): boolean {
  return list.length < k || cosine > list[k - 1].cosine;
}

/** Puts one that `isAmongNearest` into the list, most alike first; of equal ones the earlier stays before it. */
export function insertNearest<T extends Alike>(list: T[], k: number, found: T): void {
  let at = list.length;
  while (at > 0 && list[at - 1].cosine < found.cosine) at--;
  list.splice(at, 0, found);
  if (list.length > k) list.pop();
}
