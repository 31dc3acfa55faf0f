-- Tables of the cellar: sealed objects, keys, queued work, remembered requests, the audit log.
CREATE TABLE blob (
    id {uuid} PRIMARY KEY, org_id {uuid} NOT NULL, size BIGINT NOT NULL, wrapped_key {bytes}, key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL, erased_at BIGINT
);
CREATE TABLE org_key (
    org_id {uuid} NOT NULL, version BIGINT NOT NULL, wrapped {bytes} NOT NULL, created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, version)
);
CREATE TABLE job (
    id {uuid} PRIMARY KEY, kind TEXT NOT NULL, subject {uuid} NOT NULL, due BIGINT NOT NULL, lease_until BIGINT,
    fence BIGINT NOT NULL, tries BIGINT NOT NULL, state TEXT NOT NULL CHECK (state IN ('due', 'dead')), last_error TEXT
);
CREATE UNIQUE INDEX job_not_started ON job (kind, subject) WHERE fence = 0;
CREATE INDEX job_due ON job (due, id) WHERE state = 'due';
CREATE TABLE request_seen (
    org_id {uuid} NOT NULL, person_id {uuid} NOT NULL, key TEXT NOT NULL, digest {bytes} NOT NULL, status BIGINT NOT NULL,
    body TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (org_id, person_id, key)
);
CREATE TABLE audit_entry (
    id {uuid} PRIMARY KEY, org_id {uuid} NOT NULL, at BIGINT NOT NULL, person {uuid}, token {uuid}, machine TEXT,
    role TEXT NOT NULL, act TEXT NOT NULL, verb TEXT NOT NULL, subject_kind TEXT NOT NULL, subject {uuid}, purpose TEXT,
    detail TEXT, seq BIGINT, link {bytes}
);
CREATE UNIQUE INDEX audit_entry_number ON audit_entry (org_id, seq);
CREATE INDEX audit_entry_when ON audit_entry (org_id, at, id);
CREATE INDEX audit_entry_unchained ON audit_entry (id) WHERE seq IS NULL;
CREATE TABLE audit_head (org_id {uuid} PRIMARY KEY, seq BIGINT NOT NULL, link {bytes} NOT NULL);
-- The row that whoever chains holds.
INSERT INTO audit_head (org_id, seq, link) VALUES ({nil}, 0, {zero32});

-- only sqlite
CREATE TRIGGER audit_entry_stays BEFORE DELETE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;
CREATE TRIGGER audit_entry_as_written BEFORE UPDATE ON audit_entry
WHEN OLD.seq IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.org_id IS NOT OLD.org_id OR NEW.at IS NOT OLD.at
  OR NEW.person IS NOT OLD.person OR NEW.token IS NOT OLD.token OR NEW.machine IS NOT OLD.machine
  OR NEW.role IS NOT OLD.role OR NEW.act IS NOT OLD.act OR NEW.verb IS NOT OLD.verb
  OR NEW.subject_kind IS NOT OLD.subject_kind OR NEW.subject IS NOT OLD.subject
  OR NEW.purpose IS NOT OLD.purpose OR NEW.detail IS NOT OLD.detail
BEGIN SELECT RAISE(ABORT, 'audit entries are never altered'); END;
-- end
