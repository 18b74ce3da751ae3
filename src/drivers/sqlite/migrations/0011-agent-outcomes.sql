-- How agents did lately, read for every routing. A task that is tried again forgets who failed it.
CREATE TABLE agent_failures (
  seq INTEGER PRIMARY KEY,
  agent_id TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX agent_failures_at ON agent_failures (at);
CREATE INDEX tasks_succeeded ON tasks (agent_id, updated_at) WHERE state = 'done';
CREATE INDEX turns_failed ON turns (ended_at) WHERE state = 'failed';
