-- What the wallet that took an offer up may come again with: one family of refresh tokens, each used once, each
-- giving the next. It is bound to the wallet's DPoP key.
CREATE TABLE renewal (
    offer     TEXT PRIMARY KEY REFERENCES offer (id),
    dpop_jkt  TEXT NOT NULL,
    client_id TEXT,
    ended     INTEGER NOT NULL DEFAULT 0,
    ends_at   INTEGER NOT NULL
) STRICT;

-- Refresh tokens, by digest. `parent` is the one that a token was given for; `withdrawn` is one that was given
-- again, since its answer was lost on the way.
CREATE TABLE refresh_token (
    digest     BLOB PRIMARY KEY,
    offer      TEXT NOT NULL REFERENCES renewal (offer),
    parent     BLOB,
    state      TEXT NOT NULL DEFAULT 'current' CHECK (state IN ('current', 'used', 'withdrawn')),
    given_at   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX refresh_token_current ON refresh_token (offer) WHERE state = 'current';
CREATE INDEX refresh_token_by_offer ON refresh_token (offer, given_at);
CREATE INDEX refresh_token_by_expiry ON refresh_token (expires_at);

-- A key is bound to one copy, for ever. Copies from before this migration have no digest and no dates.
ALTER TABLE copy ADD COLUMN key_digest BLOB;
ALTER TABLE copy ADD COLUMN issued_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE copy ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX copy_by_key ON copy (key_digest);

-- Since when a card is not valid: copies that had run out by then keep their place as it is.
ALTER TABLE credential ADD COLUMN invalid_since INTEGER NOT NULL DEFAULT 0;

-- A list whose copies have all run out is signed no more.
ALTER TABLE status_list ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;
