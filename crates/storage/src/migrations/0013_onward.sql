-- What leaves a report for INTERPOL by an agreement's own words: decided by routing, taken by the loading dock. One row for an
-- item and a way; `revision` counts changes of what the receiver is to know, a withdrawal among them.
CREATE TABLE onward (
    item_id {uuid} NOT NULL REFERENCES item (id), way TEXT NOT NULL CHECK (way IN ('identification', 'domains')),
    report_id {uuid} NOT NULL REFERENCES report (id), hotline_id {uuid} NOT NULL, agreement_id {uuid} NOT NULL,
    agreement_name TEXT NOT NULL, agreement_version BIGINT NOT NULL, clause TEXT NOT NULL, width TEXT NOT NULL,
    media {bool} NOT NULL, digest {bytes} NOT NULL, revision BIGINT NOT NULL, at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
    withdrawn_at BIGINT, PRIMARY KEY (item_id, way)
);
CREATE INDEX onward_report ON onward (report_id);
-- What victim identification said of an item. `key` is the partner's own id of the answer: the same answer is one finding.
CREATE TABLE finding (
    id {uuid} PRIMARY KEY, item_id {uuid} NOT NULL REFERENCES item (id), report_id {uuid} NOT NULL REFERENCES report (id),
    word TEXT NOT NULL, series TEXT, reason TEXT, at BIGINT NOT NULL, key TEXT NOT NULL UNIQUE
);
CREATE INDEX finding_item ON finding (item_id, at, id);
CREATE INDEX finding_report ON finding (report_id, at, id);

-- only postgres
ALTER TABLE onward ENABLE ROW LEVEL SECURITY; ALTER TABLE onward FORCE ROW LEVEL SECURITY;
ALTER TABLE finding ENABLE ROW LEVEL SECURITY; ALTER TABLE finding FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON onward USING ({all} OR hotline_id = {me}) WITH CHECK ({all});
-- Whoever sees the item sees what is known of it: the item's own policy is asked.
CREATE POLICY of_item ON finding USING ({all} OR EXISTS (SELECT 1 FROM item i WHERE i.id = finding.item_id))
    WITH CHECK ({all});
GRANT SELECT, INSERT, UPDATE, DELETE ON onward, finding TO {app_role};
-- end
