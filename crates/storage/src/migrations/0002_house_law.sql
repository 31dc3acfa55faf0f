-- Organisations, people, ways to sign in, agreements.
CREATE TABLE organisation (
    id {uuid} PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL UNIQUE, country TEXT, active {bool} NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE person (
    id {uuid} PRIMARY KEY, org_id {uuid} NOT NULL REFERENCES organisation (id), name TEXT NOT NULL, role TEXT NOT NULL,
    active {bool} NOT NULL, created_at BIGINT NOT NULL, UNIQUE (org_id, name)
);
-- Secrets are kept as SHA-256 of 32 random bytes. Found by digest before it is known who asks.
CREATE TABLE access_token (
    id {uuid} PRIMARY KEY, digest {bytes} NOT NULL UNIQUE, person_id {uuid} NOT NULL REFERENCES person (id),
    label TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, revoked_at BIGINT
);
CREATE TABLE session (
    digest {bytes} PRIMARY KEY, person_id {uuid} NOT NULL REFERENCES person (id), created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL, ended_at BIGINT
);
CREATE INDEX session_person ON session (person_id);
-- Demo mode only.
CREATE TABLE sign_in_link (digest {bytes} PRIMARY KEY, person_id {uuid} NOT NULL REFERENCES person (id));
CREATE TABLE agreement (
    id {uuid} PRIMARY KEY, name TEXT NOT NULL UNIQUE, hotline_id {uuid} NOT NULL REFERENCES organisation (id),
    lea_id {uuid} NOT NULL REFERENCES organisation (id), created_at BIGINT NOT NULL, suspended_at BIGINT
);
CREATE TABLE agreement_version (
    agreement_id {uuid} NOT NULL REFERENCES agreement (id), version BIGINT NOT NULL, hotline_id {uuid} NOT NULL,
    lea_id {uuid} NOT NULL, document TEXT NOT NULL, valid_from BIGINT NOT NULL, valid_until BIGINT,
    signed_hotline_by {uuid}, signed_hotline_at BIGINT, signed_lea_by {uuid}, signed_lea_at BIGINT,
    created_at BIGINT NOT NULL, PRIMARY KEY (agreement_id, version)
);
