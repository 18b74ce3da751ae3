-- Tokens that only look stand beside those of people.
ALTER TABLE human_tokens RENAME TO tokens;
ALTER TABLE tokens ADD COLUMN scope TEXT NOT NULL DEFAULT 'human' CHECK (scope IN ('human', 'read'));
