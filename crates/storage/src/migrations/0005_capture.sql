-- What was fetched, where a host is, what a file's device noted, and news for hotlines.
ALTER TABLE organisation ADD COLUMN keeps_media {bool} NOT NULL DEFAULT true;
ALTER TABLE report ADD COLUMN referrer TEXT;
-- User name and password of the page, sealed like a file.
ALTER TABLE report ADD COLUMN login_id {uuid};
ALTER TABLE item ADD COLUMN compared_at BIGINT;
UPDATE item SET compared_at = created_at;

-- A file may be kept out (hash-and-URL mode), wait to be described, or be one that cannot be.
-- only postgres
ALTER TABLE media_object ALTER COLUMN blob_id DROP NOT NULL;
ALTER TABLE media_object ALTER COLUMN preview_id DROP NOT NULL;
ALTER TABLE media_object ADD COLUMN duration_ms BIGINT;
ALTER TABLE media_object ADD COLUMN described_at BIGINT;
ALTER TABLE media_object ADD COLUMN trouble TEXT;
-- end
-- only sqlite
CREATE TABLE media_object_anew (
    id {uuid} PRIMARY KEY, org_id {uuid} NOT NULL REFERENCES organisation (id), sha256 {bytes} NOT NULL,
    md5 {bytes} NOT NULL, sha1 {bytes} NOT NULL, pdq {bytes} NOT NULL, pdq_quality BIGINT NOT NULL, kind TEXT NOT NULL,
    size BIGINT NOT NULL, width BIGINT NOT NULL, height BIGINT NOT NULL, blob_id {uuid} REFERENCES blob (id),
    preview_id {uuid} REFERENCES blob (id), created_at BIGINT NOT NULL, duration_ms BIGINT, described_at BIGINT,
    trouble TEXT, UNIQUE (org_id, sha256)
);
INSERT INTO media_object_anew SELECT id, org_id, sha256, md5, sha1, pdq, pdq_quality, kind, size, width, height, blob_id,
    preview_id, created_at, NULL, created_at, NULL FROM media_object;
DROP TABLE media_object;
ALTER TABLE media_object_anew RENAME TO media_object;
CREATE INDEX media_object_blob ON media_object (blob_id);
CREATE INDEX media_object_preview ON media_object (preview_id);
-- end
UPDATE media_object SET described_at = created_at WHERE described_at IS NULL;
-- Hashes of a video's frames (vPDQ).
CREATE TABLE media_frame (
    media_id {uuid} NOT NULL REFERENCES media_object (id), at_ms BIGINT NOT NULL, pdq {bytes} NOT NULL,
    quality BIGINT NOT NULL, PRIMARY KEY (media_id, at_ms)
);
-- What the device noted in a file: intelligence, apart from the file's own facts.
CREATE TABLE media_device (
    media_id {uuid} PRIMARY KEY REFERENCES media_object (id), noted TEXT NOT NULL
);
-- One fetch of a reported page. `record` is the capture record as JSON.
CREATE TABLE capture (
    id {uuid} PRIMARY KEY, report_id {uuid} NOT NULL REFERENCES report (id), org_id {uuid} NOT NULL, asked_by {uuid},
    asked_at BIGINT NOT NULL, started_at BIGINT, ended_at BIGINT, payload TEXT NOT NULL, failed TEXT, record TEXT,
    archive_id {uuid} REFERENCES blob (id), archive_sha256 {bytes}, archive_bytes BIGINT,
    picture_id {uuid} REFERENCES blob (id), picture_problem TEXT, files BIGINT NOT NULL
);
CREATE INDEX capture_report ON capture (report_id, asked_at);
CREATE INDEX capture_archive ON capture (archive_id);
CREATE INDEX capture_picture ON capture (picture_id);
-- A media object seen at a URL at a time.
CREATE TABLE sighting (
    id {uuid} PRIMARY KEY, capture_id {uuid} NOT NULL REFERENCES capture (id), item_id {uuid} NOT NULL REFERENCES item (id),
    media_id {uuid} NOT NULL REFERENCES media_object (id), url TEXT NOT NULL, final_url TEXT NOT NULL,
    found_by TEXT NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX sighting_item ON sighting (item_id, at);
CREATE INDEX sighting_capture ON sighting (capture_id);
-- Where a report's host is, by trace or by an analyst's word; the newest row that names a country counts, and an
-- analyst's stands against later traces until it is taken back. `found` is the trace as JSON.
CREATE TABLE trace (
    id {uuid} PRIMARY KEY, report_id {uuid} NOT NULL REFERENCES report (id), at BIGINT NOT NULL, kind TEXT NOT NULL,
    person_id {uuid}, reason TEXT, country TEXT, ip TEXT, network TEXT, found TEXT
);
CREATE INDEX trace_report ON trace (report_id, at);
-- What a hotline is told without asking.
CREATE TABLE news (
    id {uuid} PRIMARY KEY, org_id {uuid} NOT NULL REFERENCES organisation (id), report_id {uuid} NOT NULL REFERENCES report (id),
    kind TEXT NOT NULL, was TEXT, becomes TEXT, at BIGINT NOT NULL, seen_at BIGINT
);
CREATE INDEX news_unseen ON news (org_id, at) WHERE seen_at IS NULL;

-- only postgres
ALTER TABLE media_frame ENABLE ROW LEVEL SECURITY; ALTER TABLE media_frame FORCE ROW LEVEL SECURITY;
ALTER TABLE media_device ENABLE ROW LEVEL SECURITY; ALTER TABLE media_device FORCE ROW LEVEL SECURITY;
ALTER TABLE capture ENABLE ROW LEVEL SECURITY; ALTER TABLE capture FORCE ROW LEVEL SECURITY;
ALTER TABLE sighting ENABLE ROW LEVEL SECURITY; ALTER TABLE sighting FORCE ROW LEVEL SECURITY;
ALTER TABLE trace ENABLE ROW LEVEL SECURITY; ALTER TABLE trace FORCE ROW LEVEL SECURITY;
ALTER TABLE news ENABLE ROW LEVEL SECURITY; ALTER TABLE news FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON media_frame USING (
    {all} OR EXISTS (SELECT 1 FROM media_object m WHERE m.id = media_frame.media_id AND m.org_id = {me}));
-- A device's notes go where the file goes: to its hotline, its owner, and police whose disclosure opens files.
CREATE POLICY own ON media_device USING ({all}
    OR EXISTS (SELECT 1 FROM media_object m WHERE m.id = media_device.media_id AND m.org_id = {me})
    OR EXISTS (SELECT 1 FROM item i WHERE i.media_id = media_device.media_id AND (i.owner_id = {me} OR EXISTS (
        SELECT 1 FROM disclosure d
        WHERE d.item_id = i.id AND d.lea_id = {me} AND d.media AND d.withdrawn_at IS NULL))));
-- A page's capture goes to whoever may see the page: its hotline, an owner of something on it, police at page width.
CREATE POLICY own ON capture USING ({all} OR org_id = {me}
    OR EXISTS (SELECT 1 FROM item i WHERE i.report_id = capture.report_id AND i.owner_id = {me})
    OR EXISTS (SELECT 1 FROM disclosure d WHERE d.report_id = capture.report_id AND d.lea_id = {me} AND d.media
        AND d.width IN ('page', 'series') AND d.withdrawn_at IS NULL))
    WITH CHECK ({all} OR org_id = {me});
CREATE POLICY own ON sighting USING ({all} OR EXISTS (SELECT 1 FROM capture c WHERE c.id = sighting.capture_id))
    WITH CHECK ({all});
CREATE POLICY own ON trace USING ({all}
    OR EXISTS (SELECT 1 FROM report r WHERE r.id = trace.report_id AND r.reporter_id = {me})
    OR EXISTS (SELECT 1 FROM item i WHERE i.report_id = trace.report_id AND i.owner_id = {me})
    OR EXISTS (SELECT 1 FROM disclosure d WHERE d.report_id = trace.report_id AND d.lea_id = {me}
        AND d.width <> 'metadata' AND d.withdrawn_at IS NULL))
    WITH CHECK ({all} OR EXISTS (SELECT 1 FROM report r WHERE r.id = trace.report_id AND r.reporter_id = {me}));
CREATE POLICY own ON news USING ({all} OR org_id = {me});
-- Whose host moved tells the others; they read it, not the teller.
CREATE POLICY tell ON news FOR INSERT WITH CHECK ({someone});
DROP POLICY own ON blob;
CREATE POLICY own ON blob USING ({all} OR org_id = {me}
    OR EXISTS (SELECT 1 FROM media_object m JOIN item i ON i.media_id = m.id
        WHERE (m.blob_id = blob.id OR m.preview_id = blob.id) AND (i.owner_id = {me} OR EXISTS (
            SELECT 1 FROM disclosure d
            WHERE d.item_id = i.id AND d.lea_id = {me} AND d.media AND d.withdrawn_at IS NULL)))
    OR EXISTS (SELECT 1 FROM capture c WHERE c.archive_id = blob.id OR c.picture_id = blob.id))
    WITH CHECK ({all} OR org_id = {me});
GRANT SELECT, INSERT, UPDATE, DELETE ON media_frame, media_device, capture, sighting, trace, news TO {app_role};
-- end
