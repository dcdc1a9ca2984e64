-- Clients that registered themselves; redirect_uris is a JSON list.
CREATE TABLE oauth_clients (
    client_id     TEXT NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    secret_digest TEXT,
    created       TEXT NOT NULL
);

CREATE INDEX oauth_clients_created ON oauth_clients (created);

-- Assertions that clients presented, each good once, until they expire (seconds since 1970).
CREATE TABLE oauth_assertions (
    digest  TEXT   NOT NULL PRIMARY KEY,
    expires BIGINT NOT NULL
);

CREATE INDEX oauth_assertions_expires ON oauth_assertions (expires);

CREATE INDEX oauth_grants_client ON oauth_grants (client_id);
