-- Whether the one who asked waits on a connection, which ends with the daemon.
ALTER TABLE approvals ADD COLUMN waited INTEGER NOT NULL DEFAULT 0;
