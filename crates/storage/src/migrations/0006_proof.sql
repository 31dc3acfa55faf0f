-- What evidence is proved with, and that it was erased.
ALTER TABLE blob ADD COLUMN sha256 {bytes};
CREATE INDEX blob_key ON blob (org_id, key_version) WHERE wrapped_key IS NOT NULL;
-- An erased file keeps its hashes and its place.
ALTER TABLE media_object ADD COLUMN erased_at BIGINT;
