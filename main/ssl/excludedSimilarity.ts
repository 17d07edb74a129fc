/** Added to the similarity of a pair that is none, as of a view with itself: its exponential is 0 in any precision. */
export const excludedSimilarity = -1e9;
