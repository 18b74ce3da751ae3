-- How agents did lately, read for every routing: only failures are looked through, and the last success is found.
CREATE INDEX tasks_failed ON tasks (updated_at)
  WHERE agent_id IS NOT NULL AND error IS NOT NULL AND lease_until IS NULL;
CREATE INDEX tasks_succeeded ON tasks (agent_id, updated_at) WHERE state = 'done';
CREATE INDEX turns_failed ON turns (ended_at) WHERE state = 'failed';
