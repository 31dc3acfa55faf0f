-- Row-level security, the second barrier. Nothing is visible while `cport.org` is unset; `*` is the exchange itself.
-- access_token, session and sign_in_link stand outside: they hold only digests and are read before it is known who asks.
-- only postgres
ALTER TABLE blob ENABLE ROW LEVEL SECURITY; ALTER TABLE blob FORCE ROW LEVEL SECURITY;
ALTER TABLE org_key ENABLE ROW LEVEL SECURITY; ALTER TABLE org_key FORCE ROW LEVEL SECURITY;
ALTER TABLE job ENABLE ROW LEVEL SECURITY; ALTER TABLE job FORCE ROW LEVEL SECURITY;
ALTER TABLE request_seen ENABLE ROW LEVEL SECURITY; ALTER TABLE request_seen FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY; ALTER TABLE audit_head FORCE ROW LEVEL SECURITY;
ALTER TABLE organisation ENABLE ROW LEVEL SECURITY; ALTER TABLE organisation FORCE ROW LEVEL SECURITY;
ALTER TABLE person ENABLE ROW LEVEL SECURITY; ALTER TABLE person FORCE ROW LEVEL SECURITY;
ALTER TABLE agreement ENABLE ROW LEVEL SECURITY; ALTER TABLE agreement FORCE ROW LEVEL SECURITY;
ALTER TABLE agreement_version ENABLE ROW LEVEL SECURITY; ALTER TABLE agreement_version FORCE ROW LEVEL SECURITY;
ALTER TABLE report ENABLE ROW LEVEL SECURITY; ALTER TABLE report FORCE ROW LEVEL SECURITY;
ALTER TABLE media_object ENABLE ROW LEVEL SECURITY; ALTER TABLE media_object FORCE ROW LEVEL SECURITY;
ALTER TABLE item ENABLE ROW LEVEL SECURITY; ALTER TABLE item FORCE ROW LEVEL SECURITY;
ALTER TABLE assessment ENABLE ROW LEVEL SECURITY; ALTER TABLE assessment FORCE ROW LEVEL SECURITY;
ALTER TABLE verdict ENABLE ROW LEVEL SECURITY; ALTER TABLE verdict FORCE ROW LEVEL SECURITY;
ALTER TABLE disclosure ENABLE ROW LEVEL SECURITY; ALTER TABLE disclosure FORCE ROW LEVEL SECURITY;
ALTER TABLE police_case ENABLE ROW LEVEL SECURITY; ALTER TABLE police_case FORCE ROW LEVEL SECURITY;
ALTER TABLE withheld ENABLE ROW LEVEL SECURITY; ALTER TABLE withheld FORCE ROW LEVEL SECURITY;
ALTER TABLE outcome ENABLE ROW LEVEL SECURITY; ALTER TABLE outcome FORCE ROW LEVEL SECURITY;
ALTER TABLE look ENABLE ROW LEVEL SECURITY; ALTER TABLE look FORCE ROW LEVEL SECURITY;

CREATE POLICY own ON look USING ({all} OR org_id = {me});
CREATE POLICY own ON org_key USING ({all} OR org_id = {me});
CREATE POLICY add_work ON job FOR INSERT WITH CHECK ({someone});
CREATE POLICY machinery ON job USING ({all});
CREATE POLICY own ON request_seen USING ({all} OR org_id = {me});
CREATE POLICY own ON audit_entry USING ({all} OR org_id = {me});
CREATE POLICY machinery ON audit_head USING ({all});
CREATE POLICY directory ON organisation FOR SELECT USING ({someone});
CREATE POLICY machinery ON organisation USING ({all});
CREATE POLICY own ON person USING ({all} OR org_id = {me});
CREATE POLICY parties ON agreement USING ({all} OR {kind} = 'network' OR hotline_id = {me} OR lea_id = {me});
CREATE POLICY parties ON agreement_version USING ({all} OR {kind} = 'network' OR hotline_id = {me} OR lea_id = {me});

CREATE POLICY own ON disclosure USING ({all} OR reporter_id = {me} OR owner_id = {me} OR lea_id = {me})
    WITH CHECK ({all});
CREATE POLICY own ON item USING ({all} OR reporter_id = {me} OR owner_id = {me} OR EXISTS (
        SELECT 1 FROM disclosure d WHERE d.item_id = item.id AND d.lea_id = {me} AND d.withdrawn_at IS NULL))
    WITH CHECK ({all} OR reporter_id = {me} OR owner_id = {me});
CREATE POLICY own ON report USING ({all} OR reporter_id = {me}
        OR EXISTS (SELECT 1 FROM item i WHERE i.report_id = report.id AND i.owner_id = {me})
        OR EXISTS (SELECT 1 FROM disclosure d WHERE d.report_id = report.id AND d.lea_id = {me} AND d.withdrawn_at IS NULL))
    WITH CHECK ({all} OR reporter_id = {me});
CREATE POLICY own ON media_object USING ({all} OR org_id = {me}
        OR EXISTS (SELECT 1 FROM item i WHERE i.media_id = media_object.id))
    WITH CHECK ({all} OR org_id = {me});
CREATE POLICY own ON blob USING ({all} OR org_id = {me} OR EXISTS (
        SELECT 1 FROM media_object m JOIN item i ON i.media_id = m.id
        WHERE (m.blob_id = blob.id OR m.preview_id = blob.id) AND (i.owner_id = {me} OR EXISTS (
            SELECT 1 FROM disclosure d
            WHERE d.item_id = i.id AND d.lea_id = {me} AND d.media AND d.withdrawn_at IS NULL))))
    WITH CHECK ({all} OR org_id = {me});
CREATE POLICY own ON assessment USING ({all} OR org_id = {me}
        OR EXISTS (SELECT 1 FROM item i WHERE i.id = assessment.item_id))
    WITH CHECK ({all} OR org_id = {me});
CREATE POLICY hotlines ON verdict USING ({all} OR {kind} = 'hotline');
CREATE POLICY own ON police_case USING ({all} OR lea_id = {me});
CREATE POLICY own ON withheld USING ({all} OR reporter_id = {me} OR owner_id = {me} OR lea_id = {me})
    WITH CHECK ({all});
CREATE POLICY own ON outcome USING ({all} OR lea_id = {me} OR reporter_id = {me}
        OR EXISTS (SELECT 1 FROM item i WHERE i.report_id = outcome.report_id AND i.owner_id = {me}))
    WITH CHECK ({all} OR lea_id = {me});

GRANT SELECT, INSERT, UPDATE, DELETE ON blob, org_key, job, request_seen, audit_head, organisation, person, access_token,
    session, sign_in_link, agreement, agreement_version, report, media_object, item, assessment, verdict, disclosure,
    police_case, withheld, outcome, look TO {app_role};
GRANT SELECT, INSERT, UPDATE (seq, link) ON audit_entry TO {app_role};
-- end
