-- Of a question seen on a screen: what stood above it, and what became of the key that was pressed.
ALTER TABLE approvals ADD COLUMN context TEXT;
ALTER TABLE approvals ADD COLUMN outcome TEXT;
CREATE INDEX approvals_unfinished ON approvals (number) WHERE origin = 'screen' AND outcome IS NULL;
