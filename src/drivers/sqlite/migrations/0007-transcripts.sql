-- How far each terminal's transcript was read: a daemon that starts goes on there.
CREATE TABLE transcripts (
  terminal_id TEXT PRIMARY KEY,
  path TEXT NOT NULL,
  inode TEXT NOT NULL,
  offset INTEGER NOT NULL
) STRICT;

-- What one call of a model took, by the agent's own file. It outlives its terminal.
CREATE TABLE usage (
  terminal_id TEXT NOT NULL,
  key TEXT NOT NULL,
  turn_id TEXT,
  session TEXT NOT NULL,
  name TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  input INTEGER NOT NULL,
  output INTEGER NOT NULL,
  cache_read INTEGER NOT NULL,
  cache_write INTEGER NOT NULL,
  cost REAL,
  at INTEGER NOT NULL,
  PRIMARY KEY (terminal_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_at ON usage (at);
