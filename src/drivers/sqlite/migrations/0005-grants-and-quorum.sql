-- A yes that holds on: for one exact command, in one folder, of one agent, until a day.
CREATE TABLE grants (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL,
  agent TEXT NOT NULL,
  workspace TEXT NOT NULL,
  cwd TEXT NOT NULL,
  command TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  approval_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE INDEX grants_key ON grants (key, expires_at) WHERE revoked_at IS NULL;

-- How many people it takes, and who has said what so far.
ALTER TABLE approvals ADD COLUMN quorum INTEGER NOT NULL DEFAULT 1;
ALTER TABLE approvals ADD COLUMN deny_threshold INTEGER NOT NULL DEFAULT 1;
CREATE TABLE approval_votes (
  approval_id TEXT NOT NULL REFERENCES approvals (id) ON DELETE CASCADE,
  human TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('approve', 'deny')),
  reason TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (approval_id, human)
) STRICT;

-- People beside the owner, whose token is a file of the home. Only digests are kept.
CREATE TABLE human_tokens (
  name TEXT PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;
