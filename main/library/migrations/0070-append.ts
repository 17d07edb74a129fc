/**
 * Indexes that an import and its decisions write at their ends: what came in the order of hashes touched pages all over
 * them with every batch, and each decision about the held-out pool moved an image within two of them. Their last columns
 * are there for `recordKinds.ts`: without, an entry of theirs looks like one of the index of paths.
 */
export const append = `
DROP INDEX images_by_content;
CREATE INDEX images_by_content ON images (content_hash);

DROP INDEX images_undecided;
CREATE INDEX images_undecided ON images (id, content_hash, held_out) WHERE held_out IS NULL AND state = 'ready';

DROP INDEX images_by_look;
CREATE INDEX images_by_look ON images (id, perceptual_hash, slot) WHERE perceptual_hash IS NOT NULL;
`;
