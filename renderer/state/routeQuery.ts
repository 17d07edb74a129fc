/** Names and numbers that a screen needs to come back to the same place: filters, the open image, a run. */
export type RouteQuery = Readonly<Record<string, string | number | null | undefined>>;
