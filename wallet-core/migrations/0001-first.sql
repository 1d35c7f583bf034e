-- What the person holds. `about` is what the wallet shows of it: names and looks, as JSON.
CREATE TABLE card (
    id TEXT PRIMARY KEY,
    vct TEXT NOT NULL,
    issuer TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    about TEXT NOT NULL
) STRICT;

-- Copies of one card, each bound to a key of its own and meant for one use.
CREATE TABLE copy (
    id INTEGER PRIMARY KEY,
    card TEXT NOT NULL REFERENCES card (id) ON DELETE CASCADE,
    credential TEXT NOT NULL UNIQUE,
    key BLOB NOT NULL UNIQUE,
    uses INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX copy_by_card ON copy (card, uses, id);

-- What was done with cards. An entry is written before anything leaves the device.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    what TEXT NOT NULL,
    receipt TEXT,
    receipt_state TEXT NOT NULL
) STRICT;

-- The newest status list seen at each address: an older one is never believed again.
CREATE TABLE list_seen (
    uri TEXT PRIMARY KEY,
    issued_at INTEGER NOT NULL
) STRICT;

-- What the wallet was set up with: nodes, checkpoint.
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- The newest head of the registry: it moves by itself, and is no part of the person's state.
CREATE TABLE head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    value TEXT NOT NULL
) STRICT;
