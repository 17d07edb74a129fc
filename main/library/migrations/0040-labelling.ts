/** How classes look and whether they are there; marks of images; the history of both beside that of labels. */
export const labelling = `
-- A class that was merged or taken away keeps its row, since classifiers and the history name it.
CREATE TABLE class_looks (
  class_id INTEGER PRIMARY KEY REFERENCES classes (id),
  position INTEGER NOT NULL,
  colour   INTEGER,
  shape    INTEGER,
  key      TEXT,
  removed  INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO class_looks (class_id, position, key)
  SELECT id, n, CASE WHEN n < 9 THEN CAST(n + 1 AS TEXT) WHEN n = 9 THEN '0'
                     WHEN n < 19 THEN 'Shift+' || (n - 9) WHEN n = 19 THEN 'Shift+0' END
  FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM classes);

CREATE TABLE marks (
  image_id  INTEGER PRIMARY KEY REFERENCES images (id),
  mark      TEXT NOT NULL CHECK (mark IN ('unsure', 'skipped')),
  marked_at INTEGER NOT NULL
) STRICT;
CREATE INDEX marks_by_mark ON marks (mark);

-- Rows of one action share change_id, also with those of label_history.
CREATE TABLE mark_history (
  id         INTEGER PRIMARY KEY,
  change_id  INTEGER NOT NULL,
  image_id   INTEGER NOT NULL REFERENCES images (id),
  old_mark   TEXT,
  new_mark   TEXT,
  changed_at INTEGER NOT NULL,
  undone     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX mark_history_by_change ON mark_history (undone, change_id);

CREATE TABLE class_history (
  id          INTEGER PRIMARY KEY,
  change_id   INTEGER NOT NULL,
  class_id    INTEGER NOT NULL REFERENCES classes (id),
  old_name    TEXT NOT NULL,
  new_name    TEXT NOT NULL,
  old_removed INTEGER NOT NULL,
  new_removed INTEGER NOT NULL,
  changed_at  INTEGER NOT NULL,
  undone      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX class_history_by_change ON class_history (undone, change_id);
`;
