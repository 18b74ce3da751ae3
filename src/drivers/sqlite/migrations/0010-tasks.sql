-- Durable work with a lease and an outcome.
CREATE TABLE tasks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  queue TEXT NOT NULL,
  -- Who may take it and what its group is, as JSON; the same text for all that have the same.
  lane TEXT NOT NULL,
  group_key TEXT,
  type TEXT NOT NULL,
  title TEXT NOT NULL,
  prompt TEXT,
  state TEXT NOT NULL CHECK (state IN
    ('queued', 'claimed', 'running', 'blocked', 'waiting', 'done', 'failed', 'cancelled', 'dead')),
  priority INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  -- The place in the queue: its time of waiting, moved by its priority.
  rank INTEGER NOT NULL,
  -- Whether its time has come.
  due INTEGER NOT NULL CHECK (due IN (0, 1)),
  attempt INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL,
  lease_ms INTEGER NOT NULL,
  key TEXT,
  content_hash TEXT NOT NULL,
  payload TEXT NOT NULL,
  execution TEXT NOT NULL,
  project TEXT,
  locks TEXT,
  open_deps INTEGER NOT NULL,
  result TEXT,
  error TEXT,
  evidence TEXT NOT NULL DEFAULT '[]',
  progress TEXT,
  reason TEXT,
  fence INTEGER NOT NULL DEFAULT 0,
  lease_owner TEXT,
  lease_until INTEGER,
  terminal_id TEXT,
  agent_id TEXT,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  CHECK ((lease_until IS NULL) = (state NOT IN ('claimed', 'running'))),
  CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
  CHECK ((finished_at IS NOT NULL) = (state IN ('done', 'failed', 'cancelled', 'dead'))),
  CHECK (open_deps >= 0 AND (state NOT IN ('queued', 'claimed', 'running') OR open_deps = 0))
) STRICT;
CREATE INDEX tasks_ready ON tasks (queue, lane, rank, seq) WHERE state = 'queued' AND due = 1;
CREATE INDEX tasks_wanting ON tasks (rank, seq) WHERE state = 'queued' AND due = 1 AND locks IS NOT NULL;
CREATE INDEX tasks_later ON tasks (run_at) WHERE state = 'queued' AND due = 0;
CREATE INDEX tasks_lease ON tasks (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX tasks_group ON tasks (group_key) WHERE lease_until IS NOT NULL AND group_key IS NOT NULL;
CREATE INDEX tasks_terminal ON tasks (terminal_id) WHERE terminal_id IS NOT NULL;
CREATE INDEX tasks_state ON tasks (state);
CREATE UNIQUE INDEX tasks_key ON tasks (queue, key) WHERE key IS NOT NULL;

CREATE TABLE task_deps (
  task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  depends_on TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  on_failed TEXT NOT NULL CHECK (on_failed IN ('skip', 'fail', 'run')),
  open INTEGER NOT NULL CHECK (open IN (0, 1)),
  PRIMARY KEY (task_id, depends_on)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_deps_downstream ON task_deps (depends_on);

-- Held for as long as the task's lease is; they go with it.
CREATE TABLE task_locks (
  seq INTEGER PRIMARY KEY,
  task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  fence INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('path', 'module')),
  glob TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('shared', 'exclusive')),
  project TEXT,
  since INTEGER NOT NULL,
  UNIQUE (task_id, kind, glob, mode)
) STRICT;
