/** One list with the items of both, each in its order, those of `few` at even distances. */
export function spreadAmong<T>(many: readonly T[], few: readonly T[]): T[] {
  const total = many.length + few.length;
  const result: T[] = [];
  let [fromMany, fromFew] = [0, 0];
  for (let place = 1; place <= total; place++) {
    // Half an item ahead, so that a single one stands in the middle.
    const due = Math.floor((place * few.length) / total + 0.5);
    if (due > fromFew || fromMany === many.length) result.push(few[fromFew++]);
    else result.push(many[fromMany++]);
  }
  return result;
}
