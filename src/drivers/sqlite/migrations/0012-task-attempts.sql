-- One try of the executor at a task: by which agent, in which terminal, how far it is.
CREATE TABLE task_attempts (
  seq INTEGER PRIMARY KEY,
  task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  fence INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN
    ('routed', 'opened', 'prompted', 'ended', 'checked', 'settled', 'lost')),
  agent_id TEXT NOT NULL,
  terminal_id TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('fresh', 'warm', 'resumed')),
  routing TEXT NOT NULL,
  folder TEXT,
  worktree TEXT,
  base TEXT,
  report TEXT,
  ended TEXT,
  checked TEXT,
  reason TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  released_at INTEGER,
  UNIQUE (task_id, fence)
) STRICT;
-- A terminal works for one attempt at a time.
CREATE UNIQUE INDEX task_attempts_open ON task_attempts (terminal_id) WHERE released_at IS NULL;
CREATE INDEX task_attempts_terminal ON task_attempts (terminal_id);

-- What was switched while the daemon ran, and holds after it.
CREATE TABLE switches (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a human was asked before the daemon may give a task to an agent.
CREATE TABLE task_questions (
  task_id TEXT PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
  approval_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
