CREATE TABLE lists (
    username   TEXT   PRIMARY KEY,
    revision   BIGINT NOT NULL,
    length     BIGINT NOT NULL,
    characters BIGINT NOT NULL
);

CREATE TABLE todos (
    username TEXT   NOT NULL REFERENCES lists,
    revision BIGINT NOT NULL,
    todo     TEXT   NOT NULL,
    PRIMARY KEY (username, revision)
);
