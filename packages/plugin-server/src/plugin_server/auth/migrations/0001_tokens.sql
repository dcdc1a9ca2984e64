CREATE TABLE tokens (
    digest  TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    created TEXT NOT NULL
);

CREATE INDEX tokens_name ON tokens (name);
