-- Counts by queue, group and state come from the index alone: the rows are large, and watchers ask often.
CREATE INDEX tasks_counted ON tasks (queue, group_key, state);
