-- Deliveries to victim identification. A dispatch is one item in one version on its way; a parcel is what leaves together, sealed
-- once, the same bytes in every try. Rows belong to the hotline whose clause lets the item go on.
CREATE TABLE parcel (
    id {uuid} PRIMARY KEY, hotline_id {uuid} NOT NULL, state TEXT NOT NULL CHECK (state IN ('open', 'ready', 'left')),
    -- Who works on it, and until when.
    fence BIGINT NOT NULL, lease_until BIGINT NOT NULL, due BIGINT NOT NULL, tries BIGINT NOT NULL,
    blob_id {uuid} REFERENCES blob (id), size BIGINT, sha256 {bytes}, items BIGINT NOT NULL, last_error TEXT,
    created_at BIGINT NOT NULL, left_at BIGINT
);
CREATE INDEX parcel_due ON parcel (due, id);
CREATE TABLE dispatch (
    id {uuid} PRIMARY KEY, item_id {uuid} NOT NULL REFERENCES item (id), report_id {uuid} NOT NULL,
    hotline_id {uuid} NOT NULL, country TEXT, version BIGINT NOT NULL,
    tells TEXT NOT NULL CHECK (tells IN ('new', 'correction', 'withdrawal')),
    -- The revision of `onward` that it tells, or tells the end of.
    revision BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'packed', 'sent', 'taken', 'answered', 'rejected', 'parked', 'dropped')),
    reason TEXT, tries BIGINT NOT NULL, due BIGINT NOT NULL,
    -- Whether it goes in a parcel of its own, because one with others was refused.
    alone {bool} NOT NULL,
    -- Whether it was ever handed to the link: then it may have arrived, whatever was answered.
    attempted {bool} NOT NULL, parcel_id {uuid} REFERENCES parcel (id), created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
    sent_at BIGINT, taken_at BIGINT, answered_at BIGINT, UNIQUE (item_id, version)
);
CREATE INDEX dispatch_due ON dispatch (due, id) WHERE state = 'queued';
CREATE INDEX dispatch_state ON dispatch (state, changed_at, id);
CREATE INDEX dispatch_open ON dispatch (created_at, id) WHERE state IN ('queued', 'packed', 'sent');
CREATE INDEX dispatch_parcel ON dispatch (parcel_id) WHERE parcel_id IS NOT NULL;
CREATE INDEX dispatch_report ON dispatch (report_id);
-- What the partner said, as it came: one row for each of its ids. `stray`: it fits nothing that was sent, and why.
CREATE TABLE partner_answer (
    id TEXT PRIMARY KEY, dispatch_id {uuid}, at BIGINT NOT NULL, received_at BIGINT NOT NULL, raw TEXT NOT NULL, stray TEXT
);
CREATE INDEX partner_answer_dispatch ON partner_answer (dispatch_id, at);
CREATE INDEX partner_answer_stray ON partner_answer (received_at, id) WHERE stray IS NOT NULL;
-- How far its answers were read.
CREATE TABLE partner_place (name TEXT PRIMARY KEY, place TEXT NOT NULL, at BIGINT NOT NULL, trouble TEXT);
-- That evidence may leave for one destination: proposed by one person, confirmed by another of another organisation.
CREATE TABLE link_release (
    id {uuid} PRIMARY KEY, destination {bytes} NOT NULL, said TEXT NOT NULL, reason TEXT NOT NULL,
    proposed_at BIGINT NOT NULL, proposed_by {uuid} NOT NULL, proposed_org {uuid} NOT NULL, proposer TEXT NOT NULL,
    confirmed_at BIGINT, confirmed_by {uuid}, confirmed_org {uuid}, confirmer TEXT,
    ended_at BIGINT, ended_by {uuid}, ender TEXT, end_reason TEXT
);
CREATE INDEX link_release_when ON link_release (proposed_at, id);

-- only postgres
ALTER TABLE parcel ENABLE ROW LEVEL SECURITY; ALTER TABLE parcel FORCE ROW LEVEL SECURITY;
ALTER TABLE dispatch ENABLE ROW LEVEL SECURITY; ALTER TABLE dispatch FORCE ROW LEVEL SECURITY;
ALTER TABLE partner_answer ENABLE ROW LEVEL SECURITY; ALTER TABLE partner_answer FORCE ROW LEVEL SECURITY;
ALTER TABLE partner_place ENABLE ROW LEVEL SECURITY; ALTER TABLE partner_place FORCE ROW LEVEL SECURITY;
ALTER TABLE link_release ENABLE ROW LEVEL SECURITY; ALTER TABLE link_release FORCE ROW LEVEL SECURITY;
CREATE POLICY desk ON parcel USING ({all} OR {kind} IN ('interpol', 'network')) WITH CHECK ({all});
CREATE POLICY desk ON dispatch USING ({all} OR {kind} IN ('interpol', 'network') OR hotline_id = {me})
    WITH CHECK ({all} OR {kind} IN ('interpol', 'network'));
CREATE POLICY desk ON partner_answer USING ({all} OR {kind} IN ('interpol', 'network')) WITH CHECK ({all});
CREATE POLICY desk ON partner_place USING ({all} OR {kind} IN ('interpol', 'network')) WITH CHECK ({all});
CREATE POLICY desk ON link_release USING ({all} OR {kind} IN ('interpol', 'network'));
GRANT SELECT, INSERT, UPDATE, DELETE ON parcel, dispatch, partner_answer, partner_place, link_release TO {app_role};
-- end
