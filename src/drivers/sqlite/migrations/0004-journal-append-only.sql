-- REPLACE removes a row without asking the trigger on deletion, and a gap would hide one.
CREATE TRIGGER events_follow BEFORE INSERT ON events
WHEN new.seq <> 1 + max(coalesce((SELECT max(seq) FROM events), 0),
                        coalesce((SELECT max(seq) FROM journal_checkpoint), 0))
  OR EXISTS (SELECT 1 FROM events WHERE id = new.id)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- A checkpoint lets events go: it names one that is there, as it is, and never the newest.
CREATE TRIGGER checkpoint_is_true BEFORE INSERT ON journal_checkpoint
WHEN NOT EXISTS (SELECT 1 FROM events WHERE seq = new.seq AND hash = new.hash)
  OR new.seq >= (SELECT max(seq) FROM events)
BEGIN SELECT RAISE(ABORT, 'a checkpoint names an event of the journal'); END;
CREATE TRIGGER checkpoint_is_final BEFORE UPDATE ON journal_checkpoint
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER checkpoint_stays BEFORE DELETE ON journal_checkpoint
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
