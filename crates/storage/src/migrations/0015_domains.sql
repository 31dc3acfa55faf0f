-- The block list of domains as it leaves: every change has its serial, its reason and two names. What is listed at a serial
-- follows from the changes up to it. The one row of `domain_serial` is held by whoever makes the next.
CREATE TABLE domain_serial (one BIGINT PRIMARY KEY CHECK (one = 1), serial BIGINT NOT NULL);
INSERT INTO domain_serial (one, serial) VALUES (1, 0);
-- `domain`: A-labels in lower case without a dot at the end. A removal in an emergency has its second name later.
CREATE TABLE domain_change (
    serial BIGINT PRIMARY KEY, domain TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('listed', 'removed')),
    reason TEXT NOT NULL, at BIGINT NOT NULL, proposal_id {uuid}, first_person {uuid} NOT NULL, first_org {uuid} NOT NULL,
    second_person {uuid}, second_org {uuid}, second_at BIGINT
);
CREATE INDEX domain_change_domain ON domain_change (domain, serial);

-- What hotlines' agreements let go on to the block list: one row for an item, kept up by the exchange's own machinery.
CREATE TABLE domain_evidence (
    item_id {uuid} PRIMARY KEY REFERENCES item (id), report_id {uuid} NOT NULL REFERENCES report (id), domain TEXT NOT NULL,
    url TEXT NOT NULL, class TEXT NOT NULL, synthetic TEXT NOT NULL, age_group TEXT NOT NULL, by_person {bool} NOT NULL,
    judged_by TEXT NOT NULL, judged_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, sha256 {bytes} NOT NULL, ip TEXT,
    country TEXT, network TEXT, registrar TEXT, registrant TEXT, picture_id {uuid}, agreement TEXT NOT NULL,
    clause TEXT NOT NULL, changed_at BIGINT NOT NULL, withdrawn_at BIGINT
);
CREATE INDEX domain_evidence_domain ON domain_evidence (domain, seen_at, item_id) WHERE withdrawn_at IS NULL;
-- Domains on which enough has accumulated, by the rule in force when their evidence last changed.
CREATE TABLE domain_candidate (
    domain TEXT PRIMARY KEY, id {uuid} NOT NULL UNIQUE, items BIGINT NOT NULL, since BIGINT NOT NULL, seen_at BIGINT NOT NULL
);
CREATE INDEX domain_candidate_seen ON domain_candidate (seen_at, id);
-- What is on the list now. `skeleton`: how the domain is drawn (UTS 39), for what could be taken for it.
CREATE TABLE domain_entry (
    domain TEXT PRIMARY KEY, proposal_id {uuid} NOT NULL, skeleton TEXT NOT NULL, serial BIGINT NOT NULL, listed_at BIGINT NOT NULL
);
CREATE INDEX domain_entry_skeleton ON domain_entry (skeleton);
CREATE INDEX domain_entry_serial ON domain_entry (serial);
-- A proposal, as both INTERPOL and the agencies concerned may see it: nobody's name, organisation or word is in it.
CREATE TABLE domain_proposal (
    id {uuid} PRIMARY KEY, domain TEXT NOT NULL, skeleton TEXT NOT NULL, rule TEXT NOT NULL, stage TEXT NOT NULL,
    version BIGINT NOT NULL, guards TEXT NOT NULL, created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
    changes BIGINT NOT NULL, listed_at BIGINT, due_at BIGINT, recheck_at BIGINT, rechecked_at BIGINT, found TEXT
);
CREATE INDEX domain_proposal_stage ON domain_proposal (stage, created_at, id);
CREATE INDEX domain_proposal_domain ON domain_proposal (domain, created_at);
CREATE INDEX domain_proposal_due ON domain_proposal (due_at, id) WHERE due_at IS NOT NULL;
-- Where it is by the rules, with everybody's names: INTERPOL's and the machinery's alone.
CREATE TABLE domain_state (proposal_id {uuid} PRIMARY KEY REFERENCES domain_proposal (id), state TEXT NOT NULL, reason TEXT);
CREATE TABLE domain_event (
    id {uuid} PRIMARY KEY, proposal_id {uuid} NOT NULL REFERENCES domain_proposal (id), version BIGINT NOT NULL,
    what TEXT NOT NULL, name TEXT NOT NULL, org_id {uuid}, reason TEXT, at BIGINT NOT NULL
);
CREATE INDEX domain_event_proposal ON domain_event (proposal_id, at, id);
CREATE TABLE domain_version (
    proposal_id {uuid} NOT NULL REFERENCES domain_proposal (id), version BIGINT NOT NULL, opinion TEXT NOT NULL,
    checks TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (proposal_id, version)
);
-- Who wrote a version: for INTERPOL and the author's own organisation.
CREATE TABLE domain_author (
    proposal_id {uuid} NOT NULL REFERENCES domain_proposal (id), version BIGINT NOT NULL, org_id {uuid} NOT NULL,
    person_id {uuid} NOT NULL, name TEXT NOT NULL, PRIMARY KEY (proposal_id, version)
);
CREATE INDEX domain_author_org ON domain_author (org_id, proposal_id);
-- Agencies that review a proposal; each sees its own row alone.
CREATE TABLE domain_reviewer (
    proposal_id {uuid} NOT NULL REFERENCES domain_proposal (id), lea_id {uuid} NOT NULL, at BIGINT NOT NULL,
    PRIMARY KEY (proposal_id, lea_id)
);
CREATE INDEX domain_reviewer_lea ON domain_reviewer (lea_id, proposal_id);
-- The evidence as it was when a version was made.
CREATE TABLE domain_exhibit (
    id {uuid} PRIMARY KEY, proposal_id {uuid} NOT NULL REFERENCES domain_proposal (id), version BIGINT NOT NULL,
    item_id {uuid} NOT NULL, report_id {uuid} NOT NULL, url TEXT NOT NULL, class TEXT NOT NULL, synthetic TEXT NOT NULL,
    age_group TEXT NOT NULL, by_person {bool} NOT NULL, judged_by TEXT NOT NULL, judged_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL, sha256 {bytes} NOT NULL, ip TEXT, country TEXT, network TEXT, registrar TEXT, registrant TEXT,
    picture_id {uuid}, withdrawn_at BIGINT, UNIQUE (proposal_id, version, item_id)
);
CREATE INDEX domain_exhibit_item ON domain_exhibit (item_id);
CREATE INDEX domain_exhibit_picture ON domain_exhibit (picture_id) WHERE picture_id IS NOT NULL;
-- What an agency's person said of a version; counted by the machinery, which alone sees what others said.
CREATE TABLE domain_word (
    id {uuid} PRIMARY KEY, proposal_id {uuid} NOT NULL REFERENCES domain_proposal (id), version BIGINT NOT NULL,
    org_id {uuid} NOT NULL, person_id {uuid} NOT NULL, name TEXT NOT NULL, country TEXT NOT NULL, word TEXT NOT NULL,
    reason TEXT, at BIGINT NOT NULL, counted_at BIGINT, refused TEXT
);
CREATE INDEX domain_word_proposal ON domain_word (proposal_id, at, id);
-- That a person looked at the evidence of a version, which opens the proposer's opinion and the review.
CREATE TABLE domain_seen (
    proposal_id {uuid} NOT NULL REFERENCES domain_proposal (id), version BIGINT NOT NULL, person_id {uuid} NOT NULL,
    org_id {uuid} NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (proposal_id, version, person_id)
);
-- That somebody says a domain is blocked wrongly. The code they got is kept as its digest.
CREATE TABLE domain_complaint (
    id {uuid} PRIMARY KEY, code {bytes} NOT NULL UNIQUE, domain TEXT NOT NULL, text TEXT NOT NULL, contact TEXT,
    at BIGINT NOT NULL, due_at BIGINT NOT NULL, state TEXT NOT NULL, decided_by {uuid}, decider TEXT, decided_at BIGINT,
    reason TEXT
);
CREATE INDEX domain_complaint_state ON domain_complaint (state, due_at, id);
CREATE INDEX domain_complaint_at ON domain_complaint (at);

-- only postgres
ALTER TABLE domain_serial ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_serial FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_change ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_change FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_evidence ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_evidence FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_candidate ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_candidate FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_entry ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_entry FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_proposal ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_proposal FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_state ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_state FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_event ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_event FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_version ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_version FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_author ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_author FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_reviewer ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_reviewer FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_exhibit ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_exhibit FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_word ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_word FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_seen ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_seen FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_complaint ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_complaint FORCE ROW LEVEL SECURITY;
-- Agencies never change the list themselves: the machinery counts what they said.
CREATE POLICY desk ON domain_serial USING ({all} OR {kind} = 'interpol');
CREATE POLICY desk ON domain_change USING ({all} OR {kind} = 'interpol');
CREATE POLICY desk ON domain_candidate USING ({all} OR {kind} = 'interpol');
CREATE POLICY desk ON domain_entry USING ({all} OR {kind} = 'interpol');
CREATE POLICY desk ON domain_event USING ({all} OR {kind} = 'interpol');
CREATE POLICY desk ON domain_state USING ({all} OR {kind} = 'interpol');
CREATE POLICY desk ON domain_complaint USING ({all} OR {kind} = 'interpol');
-- An LEA has of the evidence what was disclosed to it anyway: the disclosure's own policy is asked.
CREATE POLICY given ON domain_evidence USING ({all} OR {kind} = 'interpol' OR ({kind} = 'lea' AND EXISTS (
        SELECT 1 FROM disclosure d WHERE d.item_id = domain_evidence.item_id AND d.lea_id = {me})))
    WITH CHECK ({all});
CREATE POLICY own ON domain_author USING ({all} OR {kind} = 'interpol' OR org_id = {me});
CREATE POLICY own ON domain_reviewer USING ({all} OR {kind} = 'interpol' OR lea_id = {me})
    WITH CHECK ({all} OR {kind} = 'interpol');
CREATE POLICY own ON domain_word USING ({all} OR {kind} = 'interpol' OR org_id = {me});
CREATE POLICY own ON domain_seen USING ({all} OR {kind} = 'interpol' OR org_id = {me});
CREATE POLICY parties ON domain_proposal USING ({all} OR {kind} = 'interpol'
        OR EXISTS (SELECT 1 FROM domain_author a WHERE a.proposal_id = domain_proposal.id AND a.org_id = {me})
        OR EXISTS (SELECT 1 FROM domain_reviewer r WHERE r.proposal_id = domain_proposal.id AND r.lea_id = {me}))
    WITH CHECK ({all} OR {kind} = 'interpol');
CREATE POLICY parties ON domain_version
    USING ({all} OR {kind} = 'interpol' OR EXISTS (SELECT 1 FROM domain_proposal p WHERE p.id = domain_version.proposal_id));
CREATE POLICY parties ON domain_exhibit
    USING ({all} OR {kind} = 'interpol' OR EXISTS (SELECT 1 FROM domain_proposal p WHERE p.id = domain_exhibit.proposal_id));
-- An agency begins a proposal; from then on the machinery writes.
CREATE POLICY begin ON domain_proposal FOR INSERT WITH CHECK ({kind} = 'lea');
CREATE POLICY begin ON domain_state FOR INSERT WITH CHECK ({kind} = 'lea');
CREATE POLICY begin ON domain_event FOR INSERT WITH CHECK ({kind} = 'lea');
-- The picture of a page goes with the exhibit of it.
CREATE POLICY exhibits ON blob FOR SELECT
    USING (EXISTS (SELECT 1 FROM domain_exhibit x WHERE x.picture_id = blob.id AND x.withdrawn_at IS NULL));
GRANT SELECT, UPDATE ON domain_serial TO {app_role};
GRANT SELECT, INSERT, UPDATE ON domain_change, domain_proposal, domain_state, domain_exhibit, domain_word, domain_complaint
    TO {app_role};
GRANT SELECT, INSERT, UPDATE, DELETE ON domain_evidence, domain_candidate, domain_entry, domain_reviewer TO {app_role};
GRANT SELECT, INSERT ON domain_event, domain_version, domain_author, domain_seen TO {app_role};
-- end
