-- Agreements that the secretariat countersigns, that each side can suspend and end, and that begin and end by themselves;
-- what their lanes are keyed on beside hosting, class and age.

-- A name is the two parties' own: that it is taken elsewhere is nobody's business. `ended_…`: who ended it early, and why.
-- only postgres
ALTER TABLE agreement DROP CONSTRAINT agreement_name_key;
ALTER TABLE agreement ADD CONSTRAINT agreement_name UNIQUE (hotline_id, lea_id, name);
ALTER TABLE agreement ADD COLUMN ended_at BIGINT;
ALTER TABLE agreement ADD COLUMN ended_by {uuid};
ALTER TABLE agreement ADD COLUMN ended_why TEXT;
-- end
-- only sqlite
CREATE TABLE agreement_anew (
    id {uuid} PRIMARY KEY, name TEXT NOT NULL, hotline_id {uuid} NOT NULL REFERENCES organisation (id),
    lea_id {uuid} NOT NULL REFERENCES organisation (id), created_at BIGINT NOT NULL, suspended_at BIGINT,
    ended_at BIGINT, ended_by {uuid}, ended_why TEXT, UNIQUE (hotline_id, lea_id, name)
);
INSERT INTO agreement_anew SELECT id, name, hotline_id, lea_id, created_at, suspended_at, NULL, NULL, NULL FROM agreement;
DROP TABLE agreement;
ALTER TABLE agreement_anew RENAME TO agreement;
-- end
CREATE INDEX agreement_lea ON agreement (lea_id);

-- `live_from` and `live_until` are set when the secretariat countersigns: from when and until when the version binds. A
-- newer version ends the older ones where it begins, so that at most one binds at a time. `revision` counts changes of a draft.
ALTER TABLE agreement_version ADD COLUMN signed_network_by {uuid};
ALTER TABLE agreement_version ADD COLUMN signed_network_at BIGINT;
ALTER TABLE agreement_version ADD COLUMN live_from BIGINT;
ALTER TABLE agreement_version ADD COLUMN live_until BIGINT;
ALTER TABLE agreement_version ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE agreement_version ADD COLUMN drafted_by {uuid};
ALTER TABLE agreement_version ADD COLUMN discarded_at BIGINT;
-- What both parties had signed bound already.
UPDATE agreement_version SET
    signed_network_at = CASE WHEN signed_hotline_at > signed_lea_at THEN signed_hotline_at ELSE signed_lea_at END,
    live_from = valid_from, live_until = coalesce(valid_until, 9223372036854775807)
    WHERE signed_hotline_at IS NOT NULL AND signed_lea_at IS NOT NULL;
UPDATE agreement_version SET live_until = (SELECT MIN(w.live_from) FROM agreement_version w
        WHERE w.agreement_id = agreement_version.agreement_id AND w.version > agreement_version.version AND w.live_from IS NOT NULL)
    WHERE live_from IS NOT NULL AND live_until > (SELECT MIN(w.live_from) FROM agreement_version w
        WHERE w.agreement_id = agreement_version.agreement_id AND w.version > agreement_version.version AND w.live_from IS NOT NULL);

-- Who suspended an agreement and why; in force again once nobody's suspension is open. `agreement.suspended_at` is the
-- time of the oldest open one.
CREATE TABLE agreement_suspension (
    id {uuid} PRIMARY KEY, agreement_id {uuid} NOT NULL REFERENCES agreement (id), hotline_id {uuid} NOT NULL,
    lea_id {uuid} NOT NULL, org_id {uuid} NOT NULL, person_id {uuid} NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL,
    ended_by {uuid}, ended_at BIGINT
);
CREATE UNIQUE INDEX agreement_suspension_open ON agreement_suspension (agreement_id, org_id) WHERE ended_at IS NULL;

-- What binds, when: the one place that says so, for queries and for row-level security. Whoever asks compares the time.
-- only sqlite
CREATE VIEW agreement_in_force AS
    SELECT v.agreement_id, v.version, v.live_from, v.live_until
    FROM agreement_version v JOIN agreement a ON a.id = v.agreement_id
    WHERE a.suspended_at IS NULL AND v.live_from IS NOT NULL;
-- end
-- only postgres
CREATE VIEW agreement_in_force WITH (security_invoker = true) AS
    SELECT v.agreement_id, v.version, v.live_from, v.live_until
    FROM agreement_version v JOIN agreement a ON a.id = v.agreement_id
    WHERE a.suspended_at IS NULL AND v.live_from IS NOT NULL;
-- end

ALTER TABLE report ADD COLUMN site_type TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE assessment ADD COLUMN synthetic TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE verdict ADD COLUMN synthetic TEXT NOT NULL DEFAULT 'unknown';
-- The agreement of the widest disclosure; `mixed` where disclosures rest on more than one version of one agreement: then
-- the case is summed up anew from what is live whenever it is looked at.
ALTER TABLE police_case ADD COLUMN agreement_id {uuid};
ALTER TABLE police_case ADD COLUMN mixed {bool} NOT NULL DEFAULT true;
CREATE INDEX disclosure_agreement ON disclosure (agreement_id, report_id) WHERE withdrawn_at IS NULL;

-- only postgres
ALTER TABLE agreement_suspension ENABLE ROW LEVEL SECURITY; ALTER TABLE agreement_suspension FORCE ROW LEVEL SECURITY;
CREATE POLICY parties ON agreement_suspension
    USING ({all} OR {kind} = 'network' OR hotline_id = {me} OR lea_id = {me});
-- An LEA sees a disclosure while it is live. Policies of other tables that ask for a disclosure to the LEA ask this one.
DROP POLICY own ON disclosure;
CREATE POLICY own ON disclosure USING ({all} OR reporter_id = {me} OR owner_id = {me}
        OR (lea_id = {me} AND withdrawn_at IS NULL AND (agreement_id IS NULL OR EXISTS (
            SELECT 1 FROM agreement_in_force f WHERE f.agreement_id = disclosure.agreement_id
            AND f.version = disclosure.agreement_version AND f.live_from <= {now} AND {now} < f.live_until))))
    WITH CHECK ({all});
DROP POLICY own ON police_case;
CREATE POLICY own ON police_case USING ({all} OR (lea_id = {me} AND items > 0 AND CASE WHEN mixed
        THEN EXISTS (SELECT 1 FROM disclosure d WHERE d.case_id = police_case.id AND d.lea_id = {me})
        ELSE agreement_id IS NULL OR EXISTS (
            SELECT 1 FROM agreement_in_force f WHERE f.agreement_id = police_case.agreement_id
            AND f.version = police_case.agreement_version AND f.live_from <= {now} AND {now} < f.live_until) END));
DROP POLICY own ON withheld;
CREATE POLICY own ON withheld USING ({all} OR reporter_id = {me} OR owner_id = {me} OR (lea_id = {me}
        AND EXISTS (SELECT 1 FROM disclosure d WHERE d.report_id = withheld.report_id AND d.lea_id = {me})))
    WITH CHECK ({all});
GRANT SELECT, INSERT, UPDATE, DELETE ON agreement_suspension TO {app_role};
GRANT SELECT ON agreement_in_force TO {app_role};
-- end
