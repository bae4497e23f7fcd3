/** The catalogue's form, step by step. A step is never changed once it has shipped; the catalogue's version is their number. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE datasets (
    id TEXT PRIMARY KEY,
    folder TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    added TEXT NOT NULL,
    scanned TEXT NOT NULL,
    summary TEXT NOT NULL
  ) STRICT;
  CREATE TABLE runs (
    folder TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    summary TEXT NOT NULL
  ) STRICT;
  CREATE TABLE weight_files (
    id TEXT PRIMARY KEY,
    file TEXT NOT NULL UNIQUE,
    bytes INTEGER NOT NULL,
    network TEXT,
    classes INTEGER
  ) STRICT;
  CREATE TABLE connections (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    url TEXT NOT NULL,
    why TEXT NOT NULL
  ) STRICT;
  `,
  // How a weight file says that photos are prepared; NULL where it says nothing.
  'ALTER TABLE weight_files ADD COLUMN preparation TEXT',
]
