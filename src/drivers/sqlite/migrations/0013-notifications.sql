-- How far each reader of the journal has come.
CREATE TABLE cursors (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- What somebody is to be told of; the event is kept with it, since the journal may be pruned before.
CREATE TABLE notifications (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  rule TEXT NOT NULL,
  target TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  event_seq INTEGER NOT NULL,
  event TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'dropped')),
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL,
  error TEXT,
  created_at INTEGER NOT NULL,
  settled_at INTEGER,
  CHECK ((settled_at IS NULL) = (state = 'queued'))
) STRICT;
CREATE UNIQUE INDEX notifications_once ON notifications (event_seq, rule, target);
CREATE INDEX notifications_due ON notifications (due_at) WHERE state = 'queued';
CREATE INDEX notifications_lately ON notifications (target, created_at);
CREATE INDEX notifications_settled ON notifications (settled_at) WHERE settled_at IS NOT NULL;
