CREATE TABLE documents (
    id         TEXT NOT NULL PRIMARY KEY,
    text       TEXT NOT NULL,
    title      TEXT NOT NULL,
    url        TEXT NOT NULL,
    source     TEXT,
    author     TEXT,
    created_at TEXT,
    embedding  TEXT,
    -- A word in the title (A) counts more than one in the text (D).
    search     TSVECTOR NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A') || to_tsvector('english', text)
    ) STORED
);
CREATE INDEX documents_source ON documents (source);
CREATE INDEX documents_search ON documents USING gin (search);
