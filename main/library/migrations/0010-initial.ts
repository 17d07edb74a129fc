/** The first tables. Times are milliseconds since 1970. */
export const initial = `
CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE roots (
  id       INTEGER PRIMARY KEY,
  folder   TEXT NOT NULL UNIQUE,
  added_at INTEGER NOT NULL
) STRICT;

CREATE TABLE images (
  id            INTEGER PRIMARY KEY,
  root_id       INTEGER NOT NULL REFERENCES roots (id),
  relative_path BLOB NOT NULL,     -- raw bytes: names need not be UTF-8
  display_name  TEXT NOT NULL,
  content_hash  BLOB,              -- SHA-256 of the file
  byte_size     INTEGER NOT NULL,
  mtime         INTEGER NOT NULL,
  width         INTEGER NOT NULL,
  height        INTEGER NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('ready', 'unreadable', 'missing')),
  reason        TEXT,
  note          TEXT,
  perceptual_hash BLOB,            -- 64-bit dHash
  slot          INTEGER,           -- in the pixel store; duplicates share one
  held_out      INTEGER,           -- NULL until the pool is drawn
  UNIQUE (root_id, relative_path)
) STRICT;
CREATE INDEX images_by_content ON images (content_hash, held_out);
CREATE INDEX images_by_state ON images (state, held_out, slot);
CREATE INDEX images_by_slot ON images (slot);
CREATE INDEX images_undecided ON images (content_hash) WHERE held_out IS NULL AND state = 'ready';

CREATE TABLE classes (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE labels (
  image_id    INTEGER PRIMARY KEY REFERENCES images (id),
  class_id    INTEGER NOT NULL REFERENCES classes (id),
  source      TEXT NOT NULL CHECK (source IN ('person', 'folder', 'csv')),
  labelled_at INTEGER NOT NULL
) STRICT;
CREATE INDEX labels_by_class ON labels (class_id);

-- Every change of a label, so that it can be undone: rows of one action share change_id.
CREATE TABLE label_history (
  id           INTEGER PRIMARY KEY,
  change_id    INTEGER NOT NULL,
  image_id     INTEGER NOT NULL REFERENCES images (id),
  old_class_id INTEGER REFERENCES classes (id),
  old_source   TEXT,
  new_class_id INTEGER REFERENCES classes (id),
  new_source   TEXT NOT NULL,
  changed_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX label_history_by_change ON label_history (change_id);
CREATE INDEX label_history_by_image ON label_history (image_id);

CREATE TABLE runs (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  kind          TEXT NOT NULL CHECK (kind IN ('pretrain', 'probe', 'finetune', 'scratch', 'random-encoder')),
  method        TEXT,
  encoder       TEXT NOT NULL,
  settings      TEXT NOT NULL,     -- JSON
  state         TEXT NOT NULL CHECK (state IN ('running', 'done', 'interrupted', 'failed')),
  error         TEXT,
  parent_run_id INTEGER REFERENCES runs (id),
  total_steps   INTEGER NOT NULL,
  done_steps    INTEGER NOT NULL,
  started_at    INTEGER NOT NULL,
  ended_at      INTEGER
) STRICT;
CREATE INDEX runs_by_kind ON runs (kind, id);
CREATE INDEX runs_by_state ON runs (state);

CREATE TABLE metrics (
  run_id INTEGER NOT NULL REFERENCES runs (id),
  name   TEXT NOT NULL,
  step   INTEGER NOT NULL,
  value  REAL NOT NULL,
  PRIMARY KEY (run_id, name, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  id       INTEGER PRIMARY KEY,
  run_id   INTEGER NOT NULL REFERENCES runs (id),
  path     TEXT NOT NULL UNIQUE,
  step     INTEGER NOT NULL,
  sha256   TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;
CREATE INDEX checkpoints_by_run ON checkpoints (run_id, step);

CREATE TABLE classifiers (
  run_id     INTEGER PRIMARY KEY REFERENCES runs (id),
  path       TEXT NOT NULL,
  class_ids  TEXT NOT NULL,        -- JSON array, in the order of the outputs
  image_size INTEGER NOT NULL,
  trained_at INTEGER NOT NULL
) STRICT;

CREATE TABLE evaluations (
  id           INTEGER PRIMARY KEY,
  run_id       INTEGER NOT NULL REFERENCES runs (id),
  measured_on  TEXT NOT NULL,
  metrics      TEXT NOT NULL,      -- JSON
  measured_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX evaluations_by_run ON evaluations (run_id, id);
`;
