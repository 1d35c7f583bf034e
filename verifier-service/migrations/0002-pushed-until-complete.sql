-- The pushed request that a login came from: it can be opened again until a login from it is complete.
ALTER TABLE ask ADD COLUMN pushed BLOB;
