-- What was last known of a card's status, and when. It was good when it came.
ALTER TABLE card ADD COLUMN status TEXT NOT NULL DEFAULT 'valid';
ALTER TABLE card ADD COLUMN status_at INTEGER NOT NULL DEFAULT 0;
UPDATE card SET status_at = received_at;

-- What the issuer named the card by, to be told what became of it.
ALTER TABLE card ADD COLUMN notification TEXT;

-- What cards renew themselves with: a token that is used once, and the handle of the key that it is bound to. The
-- cards of one offer share it. `due_at` is when the next try may be made, where one was planned.
CREATE TABLE renewal (
    id        INTEGER PRIMARY KEY,
    server    TEXT,
    client_id TEXT,
    token     TEXT NOT NULL,
    key       BLOB NOT NULL,
    due_at    INTEGER,
    failures  INTEGER NOT NULL DEFAULT 0
) STRICT;

ALTER TABLE card ADD COLUMN renewal INTEGER REFERENCES renewal (id) ON DELETE SET NULL;

-- Copies that an issuer promised for later: of a card that is here, or of a new one. `what` is the promise, as JSON.
CREATE TABLE promise (
    id       INTEGER PRIMARY KEY,
    card     TEXT REFERENCES card (id) ON DELETE CASCADE,
    renewal  INTEGER REFERENCES renewal (id) ON DELETE SET NULL,
    made_at  INTEGER NOT NULL,
    due_at   INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    what     TEXT NOT NULL
) STRICT;
