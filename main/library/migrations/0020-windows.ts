/** What lists, undo and duplicates need: indexes that cover them, revisions to see changes by, groups of duplicates. */
export const windows = `
-- A change that was undone stays until the next one, so that it can be done again.
ALTER TABLE label_history ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;
DROP INDEX label_history_by_change;
CREATE INDEX label_history_by_change ON label_history (undone, change_id);

CREATE INDEX labels_by_time ON labels (labelled_at);

CREATE INDEX images_by_name ON images (display_name);
CREATE INDEX images_by_mtime ON images (mtime);
CREATE INDEX images_by_root ON images (root_id);
CREATE INDEX images_noted ON images (id) WHERE note IS NOT NULL;
CREATE INDEX images_by_look ON images (perceptual_hash) WHERE perceptual_hash IS NOT NULL;

-- Counts up with each transaction that changes what a list of images shows.
CREATE TABLE revisions (
  subject TEXT PRIMARY KEY CHECK (subject IN ('images', 'labels')),
  value   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO revisions (subject, value) VALUES ('images', 1), ('labels', 1);

-- Only images that have a duplicate. A group is named by the first of its images.
CREATE TABLE duplicates (
  image_id INTEGER PRIMARY KEY REFERENCES images (id),
  group_id INTEGER NOT NULL REFERENCES images (id),
  kind     TEXT NOT NULL CHECK (kind IN ('exact', 'near'))
) STRICT;
CREATE INDEX duplicates_by_group ON duplicates (group_id);
`;
