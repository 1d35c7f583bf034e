-- A relying party's pushed authorization request (RFC 9126), used once.
CREATE TABLE pushed_request (
  digest BLOB PRIMARY KEY,
  client_id TEXT NOT NULL,
  parameters TEXT NOT NULL,
  dpop_jkt TEXT,
  expires_at INTEGER NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- One question to a wallet: a login in a browser, or a presentation that a relying party's system asked for.
-- `browser` is the digest of the starting browser's cookie; `result` is what was verified.
CREATE TABLE ask (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  client_id TEXT NOT NULL,
  parameters TEXT NOT NULL,
  browser BLOB,
  state TEXT NOT NULL,
  reason TEXT,
  result TEXT,
  answered_by TEXT,
  response_code BLOB,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ask_expiry ON ask (expires_at);

-- The signed requests of an ask, each with ids and a key of its own.
CREATE TABLE request (
  id TEXT PRIMARY KEY,
  ask TEXT NOT NULL REFERENCES ask (id) ON DELETE CASCADE,
  device TEXT NOT NULL,
  nonce TEXT NOT NULL,
  state TEXT NOT NULL,
  encryption_key TEXT NOT NULL,
  query TEXT NOT NULL,
  fetched INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX request_ask ON request (ask);

-- Authorization codes by digest, each redeemed once; what it gave is named so that reuse revokes it.
CREATE TABLE code (
  digest BLOB PRIMARY KEY,
  client_id TEXT NOT NULL,
  grant_data TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  redeemed INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE access_token (
  digest BLOB PRIMARY KEY,
  code BLOB NOT NULL,
  client_id TEXT NOT NULL,
  dpop_jkt TEXT,
  grant_data TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_token_code ON access_token (code);

-- Single sign-on sessions by the digest of their cookie.
CREATE TABLE session (
  digest BLOB PRIMARY KEY,
  data TEXT NOT NULL,
  last_used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Identifiers of proofs and assertions that were used.
CREATE TABLE used (digest BLOB PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- The newest head of the register that was seen: after a restart the client does not go back.
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), data TEXT NOT NULL) STRICT;

-- Receipts that were given, by digest; a root over them is anchored later.
CREATE TABLE receipt (digest BLOB PRIMARY KEY, given_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
