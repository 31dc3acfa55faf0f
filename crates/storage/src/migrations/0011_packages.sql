-- Taking along: when somebody last proved again who they are, keys that packages are encrypted to, packages and what is in
-- them.
ALTER TABLE session ADD COLUMN confirmed_at BIGINT;
-- How far a long step has come: bytes done, bytes in all.
ALTER TABLE job ADD COLUMN done BIGINT;
ALTER TABLE job ADD COLUMN total BIGINT;
CREATE TABLE package_key (
    person_id {uuid} PRIMARY KEY REFERENCES person (id), org_id {uuid} NOT NULL REFERENCES organisation (id),
    recipient TEXT NOT NULL, added_at BIGINT NOT NULL
);
-- Why and under which number of the LEA's own somebody took a case along; the sealed package while it is kept.
CREATE TABLE package (
    id {uuid} PRIMARY KEY, case_id {uuid} NOT NULL REFERENCES police_case (id), org_id {uuid} NOT NULL,
    person_id {uuid} NOT NULL REFERENCES person (id), purpose TEXT NOT NULL, case_number TEXT NOT NULL,
    recipient TEXT NOT NULL, state TEXT NOT NULL, problem TEXT, created_at BIGINT NOT NULL, ready_at BIGINT,
    until BIGINT, blob_id {uuid} REFERENCES blob (id), size BIGINT, sha256 {bytes}
);
CREATE INDEX package_person ON package (person_id, created_at, id);
CREATE INDEX package_case ON package (case_id, person_id, created_at);
CREATE INDEX package_kept ON package (until) WHERE state = 'ready';
-- What a package holds, as wide as it was disclosed then: it can be downloaded while all of that still is.
CREATE TABLE package_item (
    package_id {uuid} NOT NULL REFERENCES package (id), item_id {uuid} NOT NULL REFERENCES item (id),
    org_id {uuid} NOT NULL, width BIGINT NOT NULL, media {bool} NOT NULL, PRIMARY KEY (package_id, item_id)
);
CREATE INDEX package_item_item ON package_item (item_id);
-- What an LEA's own systems are told of its cases: that one changed, in the order of its own numbers, and where to say so.
CREATE TABLE case_feed (lea_id {uuid} PRIMARY KEY REFERENCES organisation (id), seq BIGINT NOT NULL);
CREATE TABLE case_change (
    id {uuid} PRIMARY KEY, lea_id {uuid} NOT NULL REFERENCES organisation (id), seq BIGINT NOT NULL,
    case_id {uuid} NOT NULL REFERENCES police_case (id), kind TEXT NOT NULL, at BIGINT NOT NULL, UNIQUE (lea_id, seq),
    UNIQUE (case_id, kind, at)
);
CREATE TABLE case_webhook (
    lea_id {uuid} PRIMARY KEY REFERENCES organisation (id), url TEXT NOT NULL, set_by {uuid} NOT NULL, set_at BIGINT NOT NULL
);
-- only postgres
ALTER TABLE case_feed ENABLE ROW LEVEL SECURITY; ALTER TABLE case_feed FORCE ROW LEVEL SECURITY;
ALTER TABLE case_change ENABLE ROW LEVEL SECURITY; ALTER TABLE case_change FORCE ROW LEVEL SECURITY;
ALTER TABLE case_webhook ENABLE ROW LEVEL SECURITY; ALTER TABLE case_webhook FORCE ROW LEVEL SECURITY;
CREATE POLICY machinery ON case_feed USING ({all});
CREATE POLICY own ON case_change USING ({all} OR lea_id = {me}) WITH CHECK ({all});
CREATE POLICY own ON case_webhook USING ({all} OR lea_id = {me});
GRANT SELECT, INSERT, UPDATE, DELETE ON case_feed, case_change, case_webhook TO {app_role};
ALTER TABLE package_key ENABLE ROW LEVEL SECURITY; ALTER TABLE package_key FORCE ROW LEVEL SECURITY;
ALTER TABLE package ENABLE ROW LEVEL SECURITY; ALTER TABLE package FORCE ROW LEVEL SECURITY;
ALTER TABLE package_item ENABLE ROW LEVEL SECURITY; ALTER TABLE package_item FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON package_key USING ({all} OR org_id = {me});
CREATE POLICY own ON package USING ({all} OR org_id = {me});
CREATE POLICY own ON package_item USING ({all} OR org_id = {me});
GRANT SELECT, INSERT, UPDATE, DELETE ON package_key, package, package_item TO {app_role};
-- end
