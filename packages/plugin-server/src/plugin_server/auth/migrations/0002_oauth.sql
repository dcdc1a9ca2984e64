-- Mode oauth. Moments are seconds since 1970; secrets are kept as SHA-256 digests, passwords as
-- Argon2 hashes.
CREATE TABLE oauth_people (
    name     TEXT NOT NULL PRIMARY KEY,
    password TEXT NOT NULL,
    created  TEXT NOT NULL
);

-- A browser in which a person is signed in.
CREATE TABLE oauth_sessions (
    digest  TEXT   NOT NULL PRIMARY KEY,
    name    TEXT   NOT NULL REFERENCES oauth_people (name) ON DELETE CASCADE,
    expires BIGINT NOT NULL
);

CREATE INDEX oauth_sessions_name ON oauth_sessions (name);
CREATE INDEX oauth_sessions_expires ON oauth_sessions (expires);

-- What a person allowed a client. It ends when nothing that was given for it is valid any longer.
CREATE TABLE oauth_grants (
    id          TEXT   NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL REFERENCES oauth_people (name) ON DELETE CASCADE,
    client_id   TEXT   NOT NULL,
    client_name TEXT   NOT NULL,
    scope       TEXT   NOT NULL,
    resource    TEXT   NOT NULL,
    created     TEXT   NOT NULL,
    expires     BIGINT NOT NULL
);

CREATE INDEX oauth_grants_name ON oauth_grants (name);
CREATE INDEX oauth_grants_expires ON oauth_grants (expires);

-- A used code stays as long as its grant, so that a second use is noticed.
CREATE TABLE oauth_codes (
    digest       TEXT     NOT NULL PRIMARY KEY,
    grant_id     TEXT     NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    redirect_uri TEXT     NOT NULL,
    challenge    TEXT,
    expires      BIGINT   NOT NULL,
    used         BOOLEAN  NOT NULL
);

CREATE INDEX oauth_codes_grant ON oauth_codes (grant_id);

-- Access and refresh tokens. A used refresh token stays until it expires, for the same reason.
CREATE TABLE oauth_tokens (
    digest   TEXT     NOT NULL PRIMARY KEY,
    grant_id TEXT     NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    kind     TEXT     NOT NULL CHECK (kind IN ('access', 'refresh')),
    scope    TEXT     NOT NULL,
    resource TEXT     NOT NULL,
    expires  BIGINT   NOT NULL,
    used     BOOLEAN  NOT NULL
);

CREATE INDEX oauth_tokens_grant ON oauth_tokens (grant_id);
