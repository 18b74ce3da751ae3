-- Each index of a task is a page or two of every commit, so one serves for what is in a state, for its order and its
-- counts. Leases are found by the state that has them.
DROP INDEX tasks_lease;
DROP INDEX tasks_counted;
DROP INDEX tasks_state;
DROP INDEX tasks_succeeded;
CREATE INDEX tasks_state ON tasks (state, seq, queue, group_key);
CREATE INDEX tasks_succeeded ON tasks (agent_id, updated_at) WHERE state = 'done' AND agent_id IS NOT NULL;
