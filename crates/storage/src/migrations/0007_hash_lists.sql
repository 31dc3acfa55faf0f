-- Hash lists: who publishes what, who may read it and settle by it, its entries with every change numbered, votes,
-- candidates, imports, subscriptions; and what was settled, suggested or left to a person by them.
CREATE TABLE hash_list (
    id {uuid} PRIMARY KEY, publisher_id {uuid} NOT NULL REFERENCES organisation (id), name TEXT NOT NULL,
    class TEXT NOT NULL, country TEXT, rule_text TEXT NOT NULL, age_below BIGINT, max_distance BIGINT NOT NULL,
    -- The number of the last change: whoever holds the row's lock takes the next.
    version BIGINT NOT NULL,
    -- Up to which change everything stored was compared.
    hunted BIGINT NOT NULL,
    -- Files stored here that its entries hit, as hunts counted them.
    hits BIGINT NOT NULL,
    created_at BIGINT NOT NULL, suspended_at BIGINT, guarded TEXT, UNIQUE (publisher_id, name)
);
-- Offered by the publisher, accepted by the reader; without both, and after the end, there is none.
CREATE TABLE hash_terms (
    id {uuid} PRIMARY KEY, list_id {uuid} NOT NULL REFERENCES hash_list (id), publisher_id {uuid} NOT NULL,
    org_id {uuid} NOT NULL REFERENCES organisation (id), may_settle {bool} NOT NULL, offered_by {uuid} NOT NULL,
    offered_at BIGINT NOT NULL, accepted_by {uuid}, accepted_at BIGINT, ended_by {uuid}, ended_at BIGINT
);
CREATE UNIQUE INDEX hash_terms_open ON hash_terms (list_id, org_id) WHERE ended_at IS NULL;
CREATE INDEX hash_terms_org ON hash_terms (org_id, list_id) WHERE ended_at IS NULL;
-- `record` is everything else that came with the entry, as JSON. `added`, `changed`, `withdrawn`: numbers of changes.
CREATE TABLE hash_entry (
    id {uuid} PRIMARY KEY, list_id {uuid} NOT NULL REFERENCES hash_list (id), publisher_id {uuid} NOT NULL,
    source TEXT NOT NULL, source_id TEXT NOT NULL, class TEXT NOT NULL, age_group TEXT NOT NULL, gender TEXT NOT NULL, md5 {bytes}, sha1 {bytes}, sha256 {bytes},
    pdq {bytes}, quality BIGINT, record TEXT NOT NULL, provenance TEXT, added BIGINT NOT NULL, changed BIGINT NOT NULL,
    withdrawn BIGINT, withdrawn_why TEXT, added_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, import_id {uuid},
    UNIQUE (list_id, source, source_id)
);
CREATE INDEX hash_entry_feed ON hash_entry (list_id, changed, id);
CREATE INDEX hash_entry_time ON hash_entry (changed_at, id);
CREATE INDEX hash_entry_md5 ON hash_entry (md5) WHERE md5 IS NOT NULL;
CREATE INDEX hash_entry_sha1 ON hash_entry (sha1) WHERE sha1 IS NOT NULL;
CREATE INDEX hash_entry_sha256 ON hash_entry (sha256) WHERE sha256 IS NOT NULL;
-- Hashes of a video's frames, of entries that have them.
CREATE TABLE hash_frame (
    entry_id {uuid} NOT NULL REFERENCES hash_entry (id), publisher_id {uuid} NOT NULL, list_id {uuid} NOT NULL,
    place BIGINT NOT NULL, pdq {bytes} NOT NULL, quality BIGINT NOT NULL, PRIMARY KEY (entry_id, place)
);
CREATE INDEX hash_entry_import ON hash_entry (import_id, id) WHERE import_id IS NOT NULL;
-- What an entry was before a change. `at_version` is the change that replaced it.
CREATE TABLE hash_past (
    entry_id {uuid} NOT NULL REFERENCES hash_entry (id), at_version BIGINT NOT NULL, publisher_id {uuid} NOT NULL,
    was TEXT NOT NULL, was_import {uuid}, import_id {uuid}, PRIMARY KEY (entry_id, at_version)
);
CREATE INDEX hash_past_import ON hash_past (import_id, entry_id) WHERE import_id IS NOT NULL;
CREATE TABLE hash_vote (
    id {uuid} PRIMARY KEY, entry_id {uuid} NOT NULL REFERENCES hash_entry (id), list_id {uuid} NOT NULL,
    publisher_id {uuid} NOT NULL, org_id {uuid} NOT NULL, person_id {uuid}, word TEXT NOT NULL, reason TEXT,
    at BIGINT NOT NULL, answer TEXT, answer_reason TEXT, answered_by {uuid}, answered_at BIGINT, UNIQUE (entry_id, org_id)
);
CREATE INDEX hash_vote_open ON hash_vote (publisher_id, at, id) WHERE answered_at IS NULL;
CREATE TABLE hash_candidate (
    id {uuid} PRIMARY KEY, list_id {uuid} NOT NULL REFERENCES hash_list (id), publisher_id {uuid} NOT NULL,
    org_id {uuid} NOT NULL, item_id {uuid} NOT NULL, class TEXT NOT NULL, age_group TEXT NOT NULL, gender TEXT NOT NULL,
    md5 {bytes} NOT NULL, sha1 {bytes} NOT NULL, sha256 {bytes} NOT NULL, pdq {bytes}, quality BIGINT,
    state TEXT NOT NULL, at BIGINT NOT NULL, answered_by {uuid}, answered_at BIGINT, reason TEXT, entry_id {uuid},
    UNIQUE (list_id, sha256)
);
CREATE INDEX hash_candidate_waiting ON hash_candidate (list_id, at, id) WHERE state = 'waiting';
CREATE TABLE hash_import (
    id {uuid} PRIMARY KEY, list_id {uuid} NOT NULL REFERENCES hash_list (id), publisher_id {uuid} NOT NULL,
    person_id {uuid}, form TEXT NOT NULL, name TEXT NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL,
    started_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, checkpoint TEXT, lines BIGINT NOT NULL, added BIGINT NOT NULL,
    changed BIGINT NOT NULL, same BIGINT NOT NULL, refused BIGINT NOT NULL, withdrawn BIGINT NOT NULL, trouble TEXT
);
CREATE INDEX hash_import_list ON hash_import (list_id, started_at, id);
CREATE TABLE hash_refusal (
    import_id {uuid} NOT NULL REFERENCES hash_import (id), publisher_id {uuid} NOT NULL, line BIGINT NOT NULL,
    place BIGINT NOT NULL, field TEXT NOT NULL, rule TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (import_id, line, place)
);
CREATE TABLE hash_subscription (
    id {uuid} PRIMARY KEY, list_id {uuid} NOT NULL REFERENCES hash_list (id), publisher_id {uuid} NOT NULL,
    kind TEXT NOT NULL, url TEXT NOT NULL, credential_id {uuid}, every_seconds BIGINT NOT NULL, checkpoint TEXT,
    due_at BIGINT NOT NULL, tried_at BIGINT, fetched_at BIGINT, failures BIGINT NOT NULL, last_error TEXT,
    created_at BIGINT NOT NULL, ended_at BIGINT
);
CREATE INDEX hash_subscription_due ON hash_subscription (due_at) WHERE ended_at IS NULL;

-- An item judged by a list's entry instead of a person. In force while it is the item's judgement.
CREATE TABLE settlement (
    id {uuid} PRIMARY KEY, item_id {uuid} NOT NULL REFERENCES item (id), org_id {uuid} NOT NULL,
    report_id {uuid} NOT NULL, assessment_id {uuid} NOT NULL, list_id {uuid} NOT NULL, list_name TEXT NOT NULL,
    entry_id {uuid} NOT NULL, list_version BIGINT NOT NULL, how TEXT NOT NULL, run_id {uuid} NOT NULL, at BIGINT NOT NULL,
    undone_at BIGINT, undone_by {uuid}, undone_why TEXT
);
CREATE INDEX settlement_assessment ON settlement (assessment_id);
CREATE INDEX settlement_item ON settlement (item_id, at);
CREATE INDEX settlement_entry ON settlement (entry_id) WHERE undone_at IS NULL;
CREATE INDEX settlement_list ON settlement (list_id, id) WHERE undone_at IS NULL;
CREATE INDEX settlement_run ON settlement (run_id, id) WHERE undone_at IS NULL;
-- Something that looks like an entry, for a person to accept with one key; a blind one is not shown to whoever judges.
CREATE TABLE suggestion (
    id {uuid} PRIMARY KEY, item_id {uuid} NOT NULL REFERENCES item (id), org_id {uuid} NOT NULL, list_id {uuid} NOT NULL,
    list_name TEXT NOT NULL, entry_id {uuid} NOT NULL, list_version BIGINT NOT NULL, how TEXT NOT NULL,
    distance BIGINT NOT NULL, class TEXT NOT NULL, country TEXT, age_group TEXT NOT NULL, gender TEXT NOT NULL,
    blind {bool} NOT NULL, at BIGINT NOT NULL, ended_at BIGINT, ending TEXT, agreed {bool}
);
CREATE UNIQUE INDEX suggestion_open ON suggestion (item_id) WHERE ended_at IS NULL;
CREATE INDEX suggestion_entry ON suggestion (entry_id) WHERE ended_at IS NULL;
CREATE INDEX suggestion_quality ON suggestion (org_id, ended_at) WHERE agreed IS NOT NULL;
-- Where lists contradict each other, or an entry a person's judgement: for a person, with a record.
CREATE TABLE doubt (
    id {uuid} PRIMARY KEY, item_id {uuid} NOT NULL REFERENCES item (id), org_id {uuid} NOT NULL, kind TEXT NOT NULL,
    entry_id {uuid} NOT NULL, named TEXT NOT NULL, at BIGINT NOT NULL, ended_at BIGINT, ended_by {uuid}, ending TEXT
);
CREATE UNIQUE INDEX doubt_open ON doubt (item_id, entry_id) WHERE ended_at IS NULL;
CREATE INDEX doubt_org ON doubt (org_id, at, id) WHERE ended_at IS NULL;
-- One pass over everything stored with what changed in lists. `ranges` is which changes of which lists, as JSON.
CREATE TABLE hunt (
    id {uuid} PRIMARY KEY, ranges TEXT NOT NULL, org_id {uuid}, scanned BIGINT NOT NULL, hits BIGINT NOT NULL,
    settled BIGINT NOT NULL, suggested BIGINT NOT NULL, reopened BIGINT NOT NULL, doubts BIGINT NOT NULL,
    started_at BIGINT NOT NULL, ended_at BIGINT, late_at BIGINT
);
CREATE INDEX hunt_open ON hunt (started_at) WHERE ended_at IS NULL OR late_at IS NOT NULL;
CREATE INDEX item_compared ON item (compared_at);

-- only postgres
ALTER TABLE hash_list ENABLE ROW LEVEL SECURITY; ALTER TABLE hash_list FORCE ROW LEVEL SECURITY;
ALTER TABLE hash_terms ENABLE ROW LEVEL SECURITY; ALTER TABLE hash_terms FORCE ROW LEVEL SECURITY;
ALTER TABLE hash_entry ENABLE ROW LEVEL SECURITY; ALTER TABLE hash_entry FORCE ROW LEVEL SECURITY;
ALTER TABLE hash_frame ENABLE ROW LEVEL SECURITY; ALTER TABLE hash_frame FORCE ROW LEVEL SECURITY;
ALTER TABLE hash_past ENABLE ROW LEVEL SECURITY; ALTER TABLE hash_past FORCE ROW LEVEL SECURITY;
ALTER TABLE hash_vote ENABLE ROW LEVEL SECURITY; ALTER TABLE hash_vote FORCE ROW LEVEL SECURITY;
ALTER TABLE hash_candidate ENABLE ROW LEVEL SECURITY; ALTER TABLE hash_candidate FORCE ROW LEVEL SECURITY;
ALTER TABLE hash_import ENABLE ROW LEVEL SECURITY; ALTER TABLE hash_import FORCE ROW LEVEL SECURITY;
ALTER TABLE hash_refusal ENABLE ROW LEVEL SECURITY; ALTER TABLE hash_refusal FORCE ROW LEVEL SECURITY;
ALTER TABLE hash_subscription ENABLE ROW LEVEL SECURITY; ALTER TABLE hash_subscription FORCE ROW LEVEL SECURITY;
ALTER TABLE settlement ENABLE ROW LEVEL SECURITY; ALTER TABLE settlement FORCE ROW LEVEL SECURITY;
ALTER TABLE suggestion ENABLE ROW LEVEL SECURITY; ALTER TABLE suggestion FORCE ROW LEVEL SECURITY;
ALTER TABLE doubt ENABLE ROW LEVEL SECURITY; ALTER TABLE doubt FORCE ROW LEVEL SECURITY;
ALTER TABLE hunt ENABLE ROW LEVEL SECURITY; ALTER TABLE hunt FORCE ROW LEVEL SECURITY;
-- Terms carry the publisher, so that lists can ask terms and terms need not ask lists.
CREATE POLICY own ON hash_terms USING ({all} OR publisher_id = {me});
CREATE POLICY read ON hash_terms FOR SELECT USING (org_id = {me});
CREATE POLICY sign ON hash_terms FOR UPDATE USING (org_id = {me}) WITH CHECK (org_id = {me});
-- An offer shows the list; only accepted terms show its entries.
CREATE POLICY own ON hash_list USING ({all} OR publisher_id = {me});
CREATE POLICY read ON hash_list FOR SELECT USING (EXISTS (
    SELECT 1 FROM hash_terms t WHERE t.list_id = hash_list.id AND t.org_id = {me} AND t.ended_at IS NULL));
CREATE POLICY own ON hash_entry USING ({all} OR publisher_id = {me});
CREATE POLICY read ON hash_entry FOR SELECT USING (EXISTS (
    SELECT 1 FROM hash_terms t WHERE t.list_id = hash_entry.list_id AND t.org_id = {me}
    AND t.accepted_at IS NOT NULL AND t.ended_at IS NULL));
CREATE POLICY own ON hash_frame USING ({all} OR publisher_id = {me});
CREATE POLICY read ON hash_frame FOR SELECT USING (EXISTS (
    SELECT 1 FROM hash_terms t WHERE t.list_id = hash_frame.list_id AND t.org_id = {me}
    AND t.accepted_at IS NOT NULL AND t.ended_at IS NULL));
CREATE POLICY own ON hash_past USING ({all} OR publisher_id = {me});
CREATE POLICY own ON hash_vote USING ({all} OR publisher_id = {me} OR org_id = {me});
CREATE POLICY own ON hash_candidate USING ({all} OR publisher_id = {me} OR org_id = {me})
    WITH CHECK ({all} OR publisher_id = {me});
CREATE POLICY own ON hash_import USING ({all} OR publisher_id = {me});
CREATE POLICY own ON hash_refusal USING ({all} OR publisher_id = {me});
CREATE POLICY own ON hash_subscription USING ({all} OR publisher_id = {me});
CREATE POLICY own ON settlement USING ({all} OR org_id = {me});
CREATE POLICY own ON suggestion USING ({all} OR org_id = {me});
CREATE POLICY own ON doubt USING ({all} OR org_id = {me});
CREATE POLICY machinery ON hunt USING ({all});
GRANT SELECT, INSERT, UPDATE, DELETE ON hash_list, hash_terms, hash_entry, hash_frame, hash_past, hash_vote, hash_candidate,
    hash_import, hash_refusal, hash_subscription, settlement, suggestion, doubt, hunt TO {app_role};
-- end
