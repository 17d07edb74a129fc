/** What was exported, and labels that a person has looked at again and found right. */
export const exported = `
CREATE TABLE exports (
  id      INTEGER PRIMARY KEY,
  run_id  INTEGER REFERENCES runs (id) ON DELETE SET NULL,
  path    TEXT NOT NULL,             -- below the project with "/" between folders, or absolute
  facts   TEXT NOT NULL,             -- JSON
  made_at INTEGER NOT NULL
) STRICT;

-- A label that becomes another one afterwards was not this one.
CREATE TABLE confirmed_labels (
  image_id     INTEGER PRIMARY KEY REFERENCES images (id),
  class_id     INTEGER NOT NULL REFERENCES classes (id),
  confirmed_at INTEGER NOT NULL
) STRICT;
`;
