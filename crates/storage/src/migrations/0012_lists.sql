-- What an opaque PhotoDNA value is compared by, for equality: the SHA-256 of the value.
ALTER TABLE hash_entry ADD COLUMN photodna {bytes};
-- A hunt that runs: whose queued step it is and where it stands, so that it goes on after a crash where it was.
ALTER TABLE hunt ADD COLUMN job_id {uuid};
ALTER TABLE hunt ADD COLUMN place TEXT;
CREATE INDEX hunt_job ON hunt (job_id) WHERE ended_at IS NULL;
-- Files that something new hits, found and not yet visited.
CREATE TABLE hunt_hit (
    hunt_id {uuid} NOT NULL REFERENCES hunt (id), media_id {uuid} NOT NULL, PRIMARY KEY (hunt_id, media_id)
);

-- only postgres
ALTER TABLE hunt_hit ENABLE ROW LEVEL SECURITY; ALTER TABLE hunt_hit FORCE ROW LEVEL SECURITY;
CREATE POLICY machinery ON hunt_hit USING ({all});
GRANT SELECT, INSERT, UPDATE, DELETE ON hunt_hit TO {app_role};
-- end
