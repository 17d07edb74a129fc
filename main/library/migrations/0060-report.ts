/** What classifiers from a share of the labels reached: one row for each that a report has trained. */
export const reported = `
CREATE TABLE report_cells (
  labels_key  TEXT NOT NULL,         -- hash of all labels that the report was made from
  subject     TEXT NOT NULL,         -- the pretraining run, or the network that starts from random weights
  mode        TEXT NOT NULL,
  fraction    REAL NOT NULL,
  draw        INTEGER NOT NULL,
  cell        TEXT NOT NULL,         -- JSON
  made_at     INTEGER NOT NULL,
  PRIMARY KEY (labels_key, subject, mode, fraction, draw)
) STRICT, WITHOUT ROWID;
`;
