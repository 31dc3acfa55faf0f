-- What police and the hotline that tells them say to each other about one case. Every row carries both parties, so that
-- nobody else's policy has to ask another table: `hotline_id` is the party of the agreement that gave the case.
CREATE TABLE context_request (
    id {uuid} PRIMARY KEY, case_id {uuid} NOT NULL REFERENCES police_case (id), report_id {uuid} NOT NULL,
    hotline_id {uuid} NOT NULL, lea_id {uuid} NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, due_at BIGINT NOT NULL,
    person_id {uuid} NOT NULL, author TEXT NOT NULL, at BIGINT NOT NULL, state TEXT NOT NULL, answered_by {uuid},
    answerer TEXT, answered_at BIGINT, answer TEXT,
    -- What a look-up or a new fetch came to, once it did.
    capture_id {uuid}, result TEXT, result_at BIGINT
);
CREATE INDEX context_request_case ON context_request (case_id, at);
CREATE INDEX context_request_report ON context_request (report_id);
CREATE INDEX context_request_waiting ON context_request (hotline_id, due_at, id) WHERE state = 'open';
-- One of a kind at a time.
CREATE UNIQUE INDEX context_request_open ON context_request (case_id, kind) WHERE state = 'open';
-- What a hotline granted beyond the lane. Routing widens by it what the agreement discloses anyway, and nothing else.
CREATE TABLE widening (
    id {uuid} PRIMARY KEY, request_id {uuid} NOT NULL REFERENCES context_request (id), report_id {uuid} NOT NULL,
    hotline_id {uuid} NOT NULL, lea_id {uuid} NOT NULL, agreement_id {uuid} NOT NULL, agreement_name TEXT NOT NULL,
    agreement_version BIGINT NOT NULL, clause TEXT NOT NULL, width TEXT NOT NULL, media {bool} NOT NULL,
    reason TEXT NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX widening_report ON widening (report_id);
-- A police request to leave content up. Whether it is in force follows from its times; nothing has to run for it to lapse.
CREATE TABLE removal_hold (
    id {uuid} PRIMARY KEY, case_id {uuid} NOT NULL REFERENCES police_case (id), report_id {uuid} NOT NULL,
    hotline_id {uuid} NOT NULL, lea_id {uuid} NOT NULL, item_id {uuid}, reason TEXT NOT NULL, person_id {uuid} NOT NULL,
    author TEXT NOT NULL, at BIGINT NOT NULL, until BIGINT NOT NULL, latest BIGINT NOT NULL,
    agreement_name TEXT NOT NULL, agreement_version BIGINT NOT NULL, clause TEXT NOT NULL,
    oral_due BIGINT, written_due BIGINT, oral TEXT, oral_at BIGINT, written TEXT, written_at BIGINT,
    ended_at BIGINT, ended_by TEXT, end_reason TEXT
);
CREATE INDEX removal_hold_case ON removal_hold (case_id, at);
CREATE INDEX removal_hold_report ON removal_hold (report_id);
CREATE INDEX removal_hold_hotline ON removal_hold (hotline_id, until, id) WHERE ended_at IS NULL;
-- Nobody deletes a message; a receipt is given by a person who says so.
CREATE TABLE case_message (
    id {uuid} PRIMARY KEY, case_id {uuid} NOT NULL REFERENCES police_case (id), report_id {uuid} NOT NULL,
    hotline_id {uuid} NOT NULL, lea_id {uuid} NOT NULL, org_id {uuid} NOT NULL, person_id {uuid}, author TEXT NOT NULL,
    text TEXT NOT NULL, at BIGINT NOT NULL, read_at BIGINT, read_by TEXT
);
CREATE INDEX case_message_case ON case_message (case_id, at, id);
CREATE INDEX case_message_unread ON case_message (hotline_id, at, id) WHERE read_at IS NULL;
-- Deconfliction. An ask is between a unit and its hotline; an approach is between the exchange and the other unit.
CREATE TABLE contact_ask (
    id {uuid} PRIMARY KEY, case_id {uuid} NOT NULL REFERENCES police_case (id), report_id {uuid} NOT NULL,
    hotline_id {uuid} NOT NULL, lea_id {uuid} NOT NULL, person_id {uuid} NOT NULL, author TEXT NOT NULL,
    at BIGINT NOT NULL, forwarded_at BIGINT, forwarded_by TEXT, UNIQUE (case_id)
);
CREATE INDEX contact_ask_waiting ON contact_ask (hotline_id, at, id) WHERE forwarded_at IS NULL;
CREATE TABLE contact_approach (
    id {uuid} PRIMARY KEY, ask_id {uuid} NOT NULL REFERENCES contact_ask (id), case_id {uuid} NOT NULL REFERENCES police_case (id),
    lea_id {uuid} NOT NULL, at BIGINT NOT NULL, answered_at BIGINT, answered_by TEXT, consented {bool}, UNIQUE (ask_id, case_id)
);
CREATE INDEX contact_approach_case ON contact_approach (case_id);
-- For "insufficient": words of what was missing, separated by commas.
ALTER TABLE outcome ADD COLUMN missing TEXT;
-- Days after which an outcome is due, by the clauses behind the case; 0: none is owed.
ALTER TABLE police_case ADD COLUMN outcome_days BIGINT NOT NULL DEFAULT 0;
CREATE INDEX outcome_reporter ON outcome (reporter_id, at, id);
-- That an outcome was asked for, once for each step.
CREATE TABLE outcome_reminder (
    case_id {uuid} NOT NULL REFERENCES police_case (id), lea_id {uuid} NOT NULL, days BIGINT NOT NULL, at BIGINT NOT NULL,
    PRIMARY KEY (case_id, days)
);
CREATE INDEX police_case_unanswered ON police_case (lea_id, created_at, id) WHERE outcome IS NULL;
-- Who does not want to be told what came of reports. A person's own.
CREATE TABLE feed_choice (person_id {uuid} PRIMARY KEY, org_id {uuid} NOT NULL, at BIGINT NOT NULL);
-- Why an officer looks into a case, kept for that session.
CREATE TABLE case_purpose (
    session {bytes} NOT NULL, case_id {uuid} NOT NULL REFERENCES police_case (id), org_id {uuid} NOT NULL,
    person_id {uuid} NOT NULL, purpose TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (session, case_id)
);
-- Pages of a case's items are read in this order.
CREATE INDEX item_page ON item (report_id, place, id);
-- SHA-256 of the page's address without query and fragment: the same page, whoever reports it. Older reports have none.
ALTER TABLE report ADD COLUMN page_key {bytes};
CREATE INDEX report_page ON report (page_key) WHERE page_key IS NOT NULL;
CREATE INDEX media_object_sha256 ON media_object (sha256);

-- only postgres
ALTER TABLE context_request ENABLE ROW LEVEL SECURITY; ALTER TABLE context_request FORCE ROW LEVEL SECURITY;
ALTER TABLE widening ENABLE ROW LEVEL SECURITY; ALTER TABLE widening FORCE ROW LEVEL SECURITY;
ALTER TABLE removal_hold ENABLE ROW LEVEL SECURITY; ALTER TABLE removal_hold FORCE ROW LEVEL SECURITY;
ALTER TABLE case_message ENABLE ROW LEVEL SECURITY; ALTER TABLE case_message FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_ask ENABLE ROW LEVEL SECURITY; ALTER TABLE contact_ask FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_approach ENABLE ROW LEVEL SECURITY; ALTER TABLE contact_approach FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome_reminder ENABLE ROW LEVEL SECURITY; ALTER TABLE outcome_reminder FORCE ROW LEVEL SECURITY;
ALTER TABLE feed_choice ENABLE ROW LEVEL SECURITY; ALTER TABLE feed_choice FORCE ROW LEVEL SECURITY;
ALTER TABLE case_purpose ENABLE ROW LEVEL SECURITY; ALTER TABLE case_purpose FORCE ROW LEVEL SECURITY;
CREATE POLICY parties ON context_request USING ({all} OR hotline_id = {me} OR lea_id = {me});
CREATE POLICY parties ON widening USING ({all} OR hotline_id = {me} OR lea_id = {me})
    WITH CHECK ({all} OR hotline_id = {me});
CREATE POLICY parties ON removal_hold USING ({all} OR hotline_id = {me} OR lea_id = {me})
    WITH CHECK ({all} OR lea_id = {me});
CREATE POLICY parties ON case_message USING ({all} OR hotline_id = {me} OR lea_id = {me});
CREATE POLICY parties ON contact_ask USING ({all} OR hotline_id = {me} OR lea_id = {me});
-- The hotline never learns whom the exchange asked, or what they said.
CREATE POLICY asked ON contact_approach USING ({all} OR lea_id = {me});
CREATE POLICY own ON outcome_reminder USING ({all} OR lea_id = {me}) WITH CHECK ({all});
CREATE POLICY own ON feed_choice USING ({all} OR org_id = {me});
CREATE POLICY own ON case_purpose USING ({all} OR org_id = {me});
GRANT SELECT, INSERT, UPDATE, DELETE ON context_request, widening, removal_hold, contact_ask, contact_approach,
    outcome_reminder, feed_choice, case_purpose TO {app_role};
GRANT SELECT, INSERT, UPDATE (read_at, read_by) ON case_message TO {app_role};
-- end
