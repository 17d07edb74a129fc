/** Embeddings of all images by a run's encoder, and what classifiers answered for single images. */
export const answers = `
-- A set a run: the newest takes the place of an older one.
CREATE TABLE embeddings (
  run_id    INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  step      INTEGER NOT NULL,        -- of the checkpoint that embedded them
  path      TEXT NOT NULL,           -- below the project, "/" between folders
  count     INTEGER NOT NULL,
  dimension INTEGER NOT NULL,
  made_at   INTEGER NOT NULL
) STRICT;

-- Class ids as they were when it was measured: classes may be merged since.
CREATE TABLE predictions (
  run_id          INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  image_id        INTEGER NOT NULL REFERENCES images (id),
  measured_on     TEXT NOT NULL CHECK (measured_on IN ('held-out', 'cross-validation')),
  label_class_id  INTEGER NOT NULL,
  answer_class_id INTEGER NOT NULL,
  confidence      REAL NOT NULL,     -- the answer's probability
  PRIMARY KEY (run_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX predictions_by_cell ON predictions (run_id, label_class_id, answer_class_id, confidence);
`;
