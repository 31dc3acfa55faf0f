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

-- only postgres
ALTER TABLE domain_serial ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_serial FORCE ROW LEVEL SECURITY;
ALTER TABLE domain_change ENABLE ROW LEVEL SECURITY; ALTER TABLE domain_change FORCE ROW LEVEL SECURITY;
CREATE POLICY machinery ON domain_serial USING ({all} OR {kind} IN ('interpol', 'lea'));
CREATE POLICY desk ON domain_change USING ({all} OR {kind} IN ('interpol', 'lea'));
GRANT SELECT, UPDATE ON domain_serial TO {app_role};
GRANT SELECT, INSERT, UPDATE ON domain_change TO {app_role};
-- end
