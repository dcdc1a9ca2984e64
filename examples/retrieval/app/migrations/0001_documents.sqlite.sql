CREATE TABLE documents (
    id         TEXT NOT NULL PRIMARY KEY,
    text       TEXT NOT NULL,
    title      TEXT NOT NULL,
    url        TEXT NOT NULL,
    source     TEXT,
    author     TEXT,
    created_at TEXT,
    embedding  TEXT
);
CREATE INDEX documents_source ON documents (source);
-- `porter` takes "hiring" and "hired" for one word. See docs/sql.md of the library.
CREATE VIRTUAL TABLE documents_search USING fts5 (
    id UNINDEXED, title, text, tokenize = 'porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER documents_inserted AFTER INSERT ON documents
BEGIN
    INSERT INTO documents_search (id, title, text) VALUES (new.id, new.title, new.text);
END;
CREATE TRIGGER documents_updated AFTER UPDATE ON documents
BEGIN
    UPDATE documents_search SET id = new.id, title = new.title, text = new.text WHERE id = old.id;
END;
CREATE TRIGGER documents_deleted AFTER DELETE ON documents
BEGIN
    DELETE FROM documents_search WHERE id = old.id;
END;
