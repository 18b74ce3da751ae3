-- Who can be given tasks. Terminals know whose they are: an agent's load and its failures are read there.
CREATE TABLE agents (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  provider TEXT NOT NULL,
  profile TEXT,
  connector TEXT NOT NULL CHECK (connector IN ('tmux', 'headless', 'acp')),
  labels TEXT NOT NULL,
  capabilities TEXT NOT NULL,
  max_concurrency INTEGER NOT NULL CHECK (max_concurrency > 0),
  state TEXT NOT NULL CHECK (state IN ('enabled', 'disabled', 'draining')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

ALTER TABLE terminals ADD COLUMN agent_id TEXT;
CREATE INDEX terminals_agent ON terminals (agent_id) WHERE agent_id IS NOT NULL;
