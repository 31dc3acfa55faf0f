-- Access providers that fetch the block list: where listed names lead, keys of their secondaries, secondaries that are told of
-- changes, fetches. Nothing here says what anybody's customers ask for.
-- `changes` counts what the provider changed of its zone; `since_serial` is the list's serial at the last of these.
CREATE TABLE provider (
    org_id {uuid} PRIMARY KEY REFERENCES organisation (id), a TEXT, aaaa TEXT, name TEXT, changes BIGINT NOT NULL,
    since_serial BIGINT NOT NULL, changed_at BIGINT NOT NULL, changed_by {uuid}
);
-- `secret_id` is a sealed object: the secret stands nowhere else.
CREATE TABLE fetch_key (
    id {uuid} PRIMARY KEY, org_id {uuid} NOT NULL REFERENCES organisation (id), name TEXT NOT NULL UNIQUE,
    algorithm TEXT NOT NULL, secret_id {uuid} NOT NULL, made_by {uuid}, made_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
    revoked_by {uuid}, revoked_at BIGINT
);
CREATE INDEX fetch_key_org ON fetch_key (org_id, made_at, id);
CREATE TABLE secondary (
    id {uuid} PRIMARY KEY, org_id {uuid} NOT NULL REFERENCES organisation (id), address TEXT NOT NULL,
    key_id {uuid} NOT NULL REFERENCES fetch_key (id), made_at BIGINT NOT NULL, UNIQUE (org_id, address)
);
CREATE TABLE list_fetch (
    id {uuid} PRIMARY KEY, org_id {uuid} NOT NULL REFERENCES organisation (id), key_id {uuid}, way TEXT NOT NULL,
    from_serial BIGINT, to_serial BIGINT NOT NULL, at BIGINT NOT NULL, ended_at BIGINT, bytes BIGINT NOT NULL, result TEXT
);
CREATE INDEX list_fetch_org ON list_fetch (org_id, at, id);

-- only postgres
ALTER TABLE provider ENABLE ROW LEVEL SECURITY; ALTER TABLE provider FORCE ROW LEVEL SECURITY;
ALTER TABLE fetch_key ENABLE ROW LEVEL SECURITY; ALTER TABLE fetch_key FORCE ROW LEVEL SECURITY;
ALTER TABLE secondary ENABLE ROW LEVEL SECURITY; ALTER TABLE secondary FORCE ROW LEVEL SECURITY;
ALTER TABLE list_fetch ENABLE ROW LEVEL SECURITY; ALTER TABLE list_fetch FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON provider USING ({all} OR org_id = {me});
CREATE POLICY own ON fetch_key USING ({all} OR org_id = {me});
CREATE POLICY own ON secondary USING ({all} OR org_id = {me});
CREATE POLICY own ON list_fetch USING ({all} OR org_id = {me});
-- A provider learns how far the list is, and of no change who made it or why.
CREATE POLICY providers ON domain_serial FOR SELECT USING ({kind} = 'asp');
GRANT SELECT, INSERT, UPDATE, DELETE ON provider, fetch_key, secondary, list_fetch TO {app_role};
-- end
