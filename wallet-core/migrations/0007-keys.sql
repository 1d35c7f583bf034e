-- Keys that nothing needs any more, until the key store has destroyed them. Each is noted in the transaction that drops what it
-- was for, so a crash in between leaves a key too many for a while, and never one too few.
CREATE TABLE unneeded_key (
    purpose TEXT NOT NULL,
    key BLOB NOT NULL,
    PRIMARY KEY (purpose, key)
) STRICT;

CREATE TRIGGER copy_is_gone AFTER DELETE ON copy BEGIN
    INSERT OR IGNORE INTO unneeded_key (purpose, key) VALUES ('card', OLD.key);
END;

CREATE TRIGGER renewal_is_gone AFTER DELETE ON renewal BEGIN
    INSERT OR IGNORE INTO unneeded_key (purpose, key) VALUES ('token', OLD.key);
END;
