-- Where a receipt stands under the anchored root of its period, and the register's proof of that root.
CREATE TABLE receipt_proof (
    entry INTEGER PRIMARY KEY REFERENCES entry (id) ON DELETE CASCADE,
    period TEXT NOT NULL,
    place TEXT NOT NULL,
    registry_proof BLOB NOT NULL,
    proven_at INTEGER NOT NULL
) STRICT;

-- What the person did about it later; and whether later logins by the same session have all been listed.
ALTER TABLE entry ADD COLUMN deletion_asked_at INTEGER;
ALTER TABLE entry ADD COLUMN deletion_done_at INTEGER;
ALTER TABLE entry ADD COLUMN reported_at INTEGER;
ALTER TABLE entry ADD COLUMN logins_listed INTEGER NOT NULL DEFAULT 0;
