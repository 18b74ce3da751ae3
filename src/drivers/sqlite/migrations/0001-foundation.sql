-- Times are epoch ms, JSON is text, ids are <prefix>_<uuidv7>.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  cwd TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'closed')),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE terminals (
  id TEXT PRIMARY KEY,
  session TEXT NOT NULL,
  name TEXT NOT NULL,
  provider TEXT NOT NULL,
  profile TEXT,
  labels TEXT NOT NULL,
  cwd TEXT NOT NULL,
  worktree TEXT,
  pane_id TEXT,
  pid INTEGER,
  nonce TEXT NOT NULL,
  launch TEXT NOT NULL,
  status TEXT NOT NULL CHECK
    (status IN ('starting', 'idle', 'working', 'waiting', 'error', 'exited', 'lost', 'unknown')),
  detail TEXT NOT NULL,
  composer TEXT NOT NULL,
  status_at INTEGER NOT NULL,
  reason TEXT,
  exit_code INTEGER,
  why TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  log_path TEXT NOT NULL,
  live INTEGER NOT NULL GENERATED ALWAYS AS (status NOT IN ('exited', 'lost')) STORED
) STRICT;
CREATE UNIQUE INDEX terminals_name ON terminals (session, name) WHERE live = 1;

CREATE TABLE turns (
  id TEXT PRIMARY KEY,
  terminal_id TEXT NOT NULL,
  message_id TEXT,
  state TEXT NOT NULL CHECK
    (state IN ('submitted', 'running', 'completed', 'failed', 'interrupted', 'cancelled')),
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  result TEXT,
  CHECK ((ended_at IS NULL) = (state IN ('submitted', 'running')))
) STRICT;
CREATE INDEX turns_terminal ON turns (terminal_id, started_at);
CREATE INDEX turns_message ON turns (message_id) WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX turns_open ON turns (terminal_id) WHERE ended_at IS NULL;

-- A message outlives its terminals, so it refers to them without a foreign key.
CREATE TABLE messages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('message', 'notice')),
  sender TEXT NOT NULL,
  receiver TEXT NOT NULL,
  receiver_name TEXT NOT NULL,
  body TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('when-idle', 'interrupt')),
  state TEXT NOT NULL CHECK
    (state IN ('queued', 'delivering', 'delivered', 'failed', 'expired', 'cancelled')),
  reason TEXT,
  receipt TEXT,
  fence INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER,
  created_at INTEGER NOT NULL,
  settled_at INTEGER,
  expires_at INTEGER,
  dedupe_key TEXT,
  CHECK ((lease_until IS NOT NULL) = (state = 'delivering')),
  CHECK ((settled_at IS NULL) = (state IN ('queued', 'delivering'))),
  CHECK ((receipt IS NOT NULL) = (state = 'delivered'))
) STRICT;
CREATE INDEX messages_queued ON messages (receiver, seq) WHERE state = 'queued';
CREATE UNIQUE INDEX messages_delivering ON messages (receiver) WHERE state = 'delivering';
CREATE INDEX messages_expiry ON messages (expires_at) WHERE state = 'queued';
CREATE INDEX messages_receiver ON messages (receiver, seq);
CREATE UNIQUE INDEX messages_dedupe ON messages (receiver, dedupe_key) WHERE dedupe_key IS NOT NULL;

CREATE TABLE attempts (
  id TEXT PRIMARY KEY,
  message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  fence INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  typed_at INTEGER,
  screen TEXT,
  ended_at INTEGER,
  outcome TEXT CHECK (outcome IN ('delivered', 'requeued', 'failed')),
  note TEXT,
  UNIQUE (message_id, fence),
  CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT;

CREATE TABLE approvals (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  terminal_id TEXT,
  terminal_name TEXT,
  origin TEXT NOT NULL CHECK (origin IN ('screen', 'api')),
  action TEXT NOT NULL,
  hash TEXT NOT NULL,
  fingerprint TEXT,
  state TEXT NOT NULL CHECK
    (state IN ('pending', 'approved', 'consumed', 'denied', 'expired', 'abandoned', 'cancelled')),
  decided_by TEXT,
  reason TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  decided_at INTEGER,
  used_at INTEGER
) STRICT;
CREATE INDEX approvals_open ON approvals (expires_at) WHERE state IN ('pending', 'approved');
CREATE UNIQUE INDEX approvals_dialog ON approvals (terminal_id, fingerprint)
  WHERE state = 'pending' AND fingerprint IS NOT NULL;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  time INTEGER NOT NULL,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,
  actor TEXT NOT NULL,
  data TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX events_subject ON events (subject, seq);
CREATE INDEX events_type ON events (type, seq);

-- Where the hash chain begins: the last event that was pruned.
CREATE TABLE journal_checkpoint (
  seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, pruned_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER events_are_final BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- Pruning sets its checkpoint first, within its own transaction; there is no other way to remove an event.
CREATE TRIGGER events_stay BEFORE DELETE ON events
WHEN old.seq > coalesce((SELECT max(seq) FROM journal_checkpoint), 0)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
