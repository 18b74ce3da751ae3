-- Work that one agent, or a person, gave to another: with its outcome, until the sender has it.
CREATE TABLE handoffs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('handoff', 'assignment')),
  state TEXT NOT NULL CHECK (state IN
    ('requested', 'starting', 'submitted', 'running', 'question', 'done', 'failed', 'cancelled', 'timed-out')),
  sender TEXT NOT NULL,
  sender_name TEXT NOT NULL,
  key TEXT,
  parent TEXT,
  depth INTEGER NOT NULL,
  profile TEXT,
  plan TEXT NOT NULL,
  body TEXT NOT NULL,
  worker TEXT,
  origin TEXT CHECK (origin IN ('given', 'warm', 'fresh')),
  message_id TEXT,
  question TEXT,
  report TEXT,
  result TEXT,
  error TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  settled_at INTEGER,
  released_at INTEGER,
  returned TEXT CHECK (returned IN ('call', 'message', 'nobody')),
  CHECK ((settled_at IS NULL) = (state IN ('requested', 'starting', 'submitted', 'running', 'question'))),
  CHECK (released_at IS NULL OR settled_at IS NOT NULL),
  CHECK (profile IS NOT NULL OR worker IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX handoffs_key ON handoffs (sender, key) WHERE key IS NOT NULL;
-- A worker made for handoffs does one at a time.
CREATE UNIQUE INDEX handoffs_holds ON handoffs (worker)
  WHERE released_at IS NULL AND origin IN ('warm', 'fresh');
CREATE INDEX handoffs_unfinished ON handoffs (seq) WHERE released_at IS NULL OR returned IS NULL;
CREATE INDEX handoffs_worker ON handoffs (worker, seq);
