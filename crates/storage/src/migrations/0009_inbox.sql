-- The inbox: urgency, words to search by, and what a unit and its people note for themselves.
-- `rank` is the urgency as one number (docs/decisions/0025): points and the time first seen on one scale. `facts` and `reasons`
-- are JSON; `weighed` tells by which weights the rank was made; `alike` is the same for cases that hold the very same files.
ALTER TABLE police_case ADD COLUMN points BIGINT NOT NULL DEFAULT 0;
ALTER TABLE police_case ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE police_case ADD COLUMN age_group TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE police_case ADD COLUMN fresh {bool} NOT NULL DEFAULT false;
ALTER TABLE police_case ADD COLUMN facts TEXT NOT NULL DEFAULT '';
ALTER TABLE police_case ADD COLUMN reasons TEXT NOT NULL DEFAULT '[]';
ALTER TABLE police_case ADD COLUMN weighed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE police_case ADD COLUMN alike {bytes};
ALTER TABLE police_case ADD COLUMN alike_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE police_case ADD COLUMN folded {bool} NOT NULL DEFAULT false;
ALTER TABLE police_case ADD COLUMN assigned_to {uuid};
ALTER TABLE police_case ADD COLUMN assigned_at BIGINT;
-- Ten points a day, as the default weights have it; the queued step does the rest.
UPDATE police_case SET since = created_at, rank = created_at / 8640;
CREATE INDEX police_case_folded ON police_case (lea_id, rank, id) WHERE items > 0 AND NOT folded;
CREATE INDEX police_case_weighed ON police_case (lea_id, weighed);
CREATE INDEX police_case_alike ON police_case (lea_id, alike, id) WHERE alike IS NOT NULL;
CREATE INDEX police_case_assigned ON police_case (lea_id, assigned_to, rank, id) WHERE assigned_to IS NOT NULL;
INSERT INTO job (id, kind, subject, due, fence, tries, state)
    SELECT DISTINCT lea_id, 'rank', lea_id, 0, 0, 0, 'due' FROM police_case;
-- What each factor counts; the row of nobody is the default of the config.
CREATE TABLE urgency (
    lea_id {uuid} PRIMARY KEY, weights TEXT NOT NULL, changed_by {uuid}, changed_at BIGINT NOT NULL
);
-- Files that a case shows with their digests, and words that it shows: only what its LEA may see.
CREATE TABLE case_file (
    lea_id {uuid} NOT NULL, sha256 {bytes} NOT NULL, case_id {uuid} NOT NULL REFERENCES police_case (id),
    PRIMARY KEY (lea_id, sha256, case_id)
);
CREATE INDEX case_file_case ON case_file (case_id, sha256);
CREATE TABLE case_word (
    lea_id {uuid} NOT NULL, word TEXT NOT NULL, case_id {uuid} NOT NULL REFERENCES police_case (id),
    PRIMARY KEY (lea_id, word, case_id)
);
CREATE INDEX case_word_case ON case_word (case_id);
-- Who has read which case.
CREATE TABLE case_read (
    person_id {uuid} NOT NULL REFERENCES person (id), case_id {uuid} NOT NULL REFERENCES police_case (id),
    lea_id {uuid} NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (person_id, case_id)
);
CREATE TABLE folder (
    id {uuid} PRIMARY KEY, lea_id {uuid} NOT NULL REFERENCES organisation (id), person_id {uuid} NOT NULL, name TEXT NOT NULL,
    note TEXT, private {bool} NOT NULL, version BIGINT NOT NULL, created_at BIGINT NOT NULL, ended_at BIGINT
);
CREATE INDEX folder_unit ON folder (lea_id, name, id);
CREATE TABLE folder_case (
    folder_id {uuid} NOT NULL REFERENCES folder (id), case_id {uuid} NOT NULL REFERENCES police_case (id),
    lea_id {uuid} NOT NULL, added_by {uuid} NOT NULL, added_at BIGINT NOT NULL, PRIMARY KEY (folder_id, case_id)
);
CREATE INDEX folder_case_case ON folder_case (case_id);
-- A note on a case. `reach` is who reads it: private, unit, hotline. The author's name is kept as it was.
CREATE TABLE case_note (
    id {uuid} PRIMARY KEY, case_id {uuid} NOT NULL REFERENCES police_case (id), report_id {uuid} NOT NULL,
    reporter_id {uuid} NOT NULL, lea_id {uuid} NOT NULL, person_id {uuid} NOT NULL, author TEXT NOT NULL, reach TEXT NOT NULL,
    body TEXT NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX case_note_case ON case_note (case_id, at);
CREATE INDEX case_note_report ON case_note (report_id, at) WHERE reach = 'hotline';
-- A search. Without a name it is a person's last one; `filter` is JSON.
CREATE TABLE saved_search (
    id {uuid} PRIMARY KEY, lea_id {uuid} NOT NULL REFERENCES organisation (id), person_id {uuid} NOT NULL REFERENCES person (id),
    name TEXT, shared {bool} NOT NULL, alert {bool} NOT NULL, filter TEXT NOT NULL, used_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX saved_search_person ON saved_search (person_id, used_at);
CREATE INDEX saved_search_unit ON saved_search (lea_id, name) WHERE name IS NOT NULL;
CREATE INDEX saved_search_alert ON saved_search (lea_id) WHERE alert;
CREATE TABLE search_hit (
    search_id {uuid} NOT NULL REFERENCES saved_search (id), case_id {uuid} NOT NULL REFERENCES police_case (id),
    lea_id {uuid} NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (search_id, case_id)
);
-- Where a person wants alerts, and mails that are due: one at a time for a search, written with the finding.
CREATE TABLE mail_address (
    person_id {uuid} PRIMARY KEY REFERENCES person (id), org_id {uuid} NOT NULL, address TEXT NOT NULL, changed_at BIGINT NOT NULL
);
CREATE TABLE mail_due (
    id {uuid} PRIMARY KEY, search_id {uuid} NOT NULL REFERENCES saved_search (id), person_id {uuid} NOT NULL, org_id {uuid} NOT NULL,
    due BIGINT NOT NULL, lease_until BIGINT, fence BIGINT NOT NULL, tries BIGINT NOT NULL, state TEXT NOT NULL, last_error TEXT,
    sent_at BIGINT
);
CREATE UNIQUE INDEX mail_due_once ON mail_due (search_id) WHERE state = 'due';
CREATE INDEX mail_due_due ON mail_due (due) WHERE state = 'due';
CREATE INDEX mail_due_sent ON mail_due (search_id, sent_at);

-- only postgres
ALTER TABLE urgency ENABLE ROW LEVEL SECURITY; ALTER TABLE urgency FORCE ROW LEVEL SECURITY;
ALTER TABLE case_file ENABLE ROW LEVEL SECURITY; ALTER TABLE case_file FORCE ROW LEVEL SECURITY;
ALTER TABLE case_word ENABLE ROW LEVEL SECURITY; ALTER TABLE case_word FORCE ROW LEVEL SECURITY;
ALTER TABLE case_read ENABLE ROW LEVEL SECURITY; ALTER TABLE case_read FORCE ROW LEVEL SECURITY;
ALTER TABLE folder ENABLE ROW LEVEL SECURITY; ALTER TABLE folder FORCE ROW LEVEL SECURITY;
ALTER TABLE folder_case ENABLE ROW LEVEL SECURITY; ALTER TABLE folder_case FORCE ROW LEVEL SECURITY;
ALTER TABLE case_note ENABLE ROW LEVEL SECURITY; ALTER TABLE case_note FORCE ROW LEVEL SECURITY;
ALTER TABLE saved_search ENABLE ROW LEVEL SECURITY; ALTER TABLE saved_search FORCE ROW LEVEL SECURITY;
ALTER TABLE search_hit ENABLE ROW LEVEL SECURITY; ALTER TABLE search_hit FORCE ROW LEVEL SECURITY;
ALTER TABLE mail_address ENABLE ROW LEVEL SECURITY; ALTER TABLE mail_address FORCE ROW LEVEL SECURITY;
ALTER TABLE mail_due ENABLE ROW LEVEL SECURITY; ALTER TABLE mail_due FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON urgency USING ({all} OR lea_id = {me});
CREATE POLICY usual ON urgency FOR SELECT USING (lea_id = {nil} AND {someone});
CREATE POLICY own ON case_file USING ({all} OR lea_id = {me}) WITH CHECK ({all});
CREATE POLICY own ON case_word USING ({all} OR lea_id = {me}) WITH CHECK ({all});
CREATE POLICY own ON case_read USING ({all} OR lea_id = {me});
CREATE POLICY own ON folder USING ({all} OR lea_id = {me});
CREATE POLICY own ON folder_case USING ({all} OR lea_id = {me});
CREATE POLICY own ON case_note USING ({all} OR lea_id = {me});
-- A note that police share is for the hotlines that reported or own something of the report.
CREATE POLICY shared ON case_note FOR SELECT USING (reach = 'hotline' AND (reporter_id = {me}
    OR EXISTS (SELECT 1 FROM item i WHERE i.report_id = case_note.report_id AND i.owner_id = {me})));
CREATE POLICY own ON saved_search USING ({all} OR lea_id = {me});
CREATE POLICY own ON search_hit USING ({all} OR lea_id = {me});
CREATE POLICY own ON mail_address USING ({all} OR org_id = {me});
CREATE POLICY own ON mail_due USING ({all} OR org_id = {me});
GRANT SELECT, INSERT, UPDATE, DELETE ON urgency, case_file, case_word, case_read, folder, folder_case, case_note, saved_search,
    search_hit, mail_address, mail_due TO {app_role};
-- end
