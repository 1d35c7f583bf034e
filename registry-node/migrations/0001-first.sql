-- What this node has applied. A block's rows and the tip change in one transaction.
CREATE TABLE tip (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  height INTEGER NOT NULL,
  version INTEGER NOT NULL,
  root BLOB NOT NULL,
  changed INTEGER NOT NULL
) STRICT;

-- Nodes of the state tree, by name.
CREATE TABLE node (name BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Entries by the hash of their key and the version that wrote them; a value of NULL removed it.
CREATE TABLE entry (
  key_hash BLOB NOT NULL,
  version INTEGER NOT NULL,
  key TEXT NOT NULL,
  value BLOB,
  PRIMARY KEY (key_hash, version)
) STRICT, WITHOUT ROWID;

-- Final blocks: `version` and `root` are the state's after it.
CREATE TABLE block (
  height INTEGER PRIMARY KEY,
  header BLOB NOT NULL,
  transactions BLOB NOT NULL,
  version INTEGER NOT NULL,
  root BLOB NOT NULL,
  certificate BLOB
) STRICT;
CREATE INDEX certified ON block (height) WHERE certificate IS NOT NULL;

-- Applied transactions by id: none is applied twice. `keys` is a JSON list of what it wrote.
CREATE TABLE applied (id BLOB PRIMARY KEY, height INTEGER NOT NULL, keys TEXT NOT NULL) STRICT, WITHOUT ROWID;
