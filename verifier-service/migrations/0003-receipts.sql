-- Periods of receipts, one after another. A closed one takes no more, and has a seed that salts and padding
-- are derived from until `root`, over all that it holds, is kept; once it is anchored, the register has proven it.
CREATE TABLE receipt_period (
  name TEXT PRIMARY KEY,
  begins INTEGER NOT NULL UNIQUE,
  ends INTEGER NOT NULL,
  closed INTEGER NOT NULL DEFAULT 0,
  seed BLOB,
  root BLOB,
  anchored INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Where a receipt stands: in which period, and at which place under its root. A login by session has its
-- receipt's text here until the wallet fetches it, and the digest of the receipt that the session began with.
ALTER TABLE receipt ADD COLUMN period TEXT REFERENCES receipt_period (name);
ALTER TABLE receipt ADD COLUMN place TEXT;
ALTER TABLE receipt ADD COLUMN first BLOB;
ALTER TABLE receipt ADD COLUMN token TEXT;
CREATE INDEX receipt_by_period ON receipt (period);
CREATE INDEX receipt_by_first ON receipt (first) WHERE first IS NOT NULL;

-- Wishes that what a receipt is for be deleted, for the relying party to carry out. `subject` is whom or what
-- it concerns, in the relying party's terms.
CREATE TABLE deletion (
  id TEXT PRIMARY KEY,
  receipt BLOB NOT NULL UNIQUE,
  member TEXT NOT NULL,
  use_name TEXT NOT NULL,
  subject TEXT NOT NULL,
  shared TEXT NOT NULL,
  shown_at INTEGER NOT NULL,
  asked_at INTEGER NOT NULL,
  done_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX deletion_by_party ON deletion (member, use_name, asked_at) WHERE done_at IS NULL;
