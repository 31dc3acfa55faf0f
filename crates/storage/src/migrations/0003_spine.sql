-- The report and what becomes of it.
CREATE TABLE report (
    id {uuid} PRIMARY KEY, reporter_id {uuid} NOT NULL REFERENCES organisation (id), source_url TEXT NOT NULL,
    source_host TEXT NOT NULL, received_at BIGINT NOT NULL, submitted_by {uuid} NOT NULL, state TEXT NOT NULL,
    hosting_ip TEXT, hosting_country TEXT, hosting_network TEXT, note TEXT, created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL, fingerprint {bytes} NOT NULL, UNIQUE (reporter_id, fingerprint)
);
CREATE INDEX report_reporter ON report (reporter_id, created_at, id);
CREATE TABLE media_object (
    id {uuid} PRIMARY KEY, org_id {uuid} NOT NULL REFERENCES organisation (id), sha256 {bytes} NOT NULL,
    md5 {bytes} NOT NULL, sha1 {bytes} NOT NULL, pdq {bytes} NOT NULL, pdq_quality BIGINT NOT NULL, kind TEXT NOT NULL,
    size BIGINT NOT NULL, width BIGINT NOT NULL, height BIGINT NOT NULL, blob_id {uuid} NOT NULL REFERENCES blob (id),
    preview_id {uuid} NOT NULL REFERENCES blob (id), created_at BIGINT NOT NULL, UNIQUE (org_id, sha256)
);
CREATE INDEX media_object_blob ON media_object (blob_id);
CREATE INDEX media_object_preview ON media_object (preview_id);
CREATE TABLE item (
    id {uuid} PRIMARY KEY, report_id {uuid} NOT NULL REFERENCES report (id), reporter_id {uuid} NOT NULL,
    owner_id {uuid}, media_id {uuid} NOT NULL REFERENCES media_object (id), place BIGINT NOT NULL, url TEXT,
    file_name TEXT NOT NULL, assigned_country TEXT, assessment_id {uuid}, class TEXT, confirmed_by {uuid},
    known {bool} NOT NULL, waits_for_owner {bool} NOT NULL, routed_at BIGINT, version BIGINT NOT NULL, created_at BIGINT NOT NULL
);
CREATE INDEX item_report ON item (report_id, place);
CREATE INDEX item_owner ON item (owner_id, created_at) WHERE owner_id IS NOT NULL;
CREATE INDEX item_media ON item (media_id);
CREATE INDEX item_to_assess ON item (reporter_id, created_at, id) WHERE class IS NULL;
CREATE UNIQUE INDEX item_once ON item (report_id, media_id, url);
CREATE TABLE assessment (
    id {uuid} PRIMARY KEY, item_id {uuid} NOT NULL REFERENCES item (id), org_id {uuid} NOT NULL, person_id {uuid},
    class TEXT NOT NULL, country TEXT, age_group TEXT NOT NULL, gender TEXT NOT NULL, note TEXT,
    inherited_from {uuid}, at BIGINT NOT NULL
);
CREATE INDEX assessment_item ON assessment (item_id, at);
-- What the network knows of a file: the judgement in force for its content, whoever assessed it.
CREATE TABLE verdict (
    sha256 {bytes} PRIMARY KEY, assessment_id {uuid} NOT NULL, class TEXT NOT NULL, country TEXT, age_group TEXT NOT NULL,
    gender TEXT NOT NULL, at BIGINT NOT NULL
);
CREATE TABLE disclosure (
    id {uuid} PRIMARY KEY, case_id {uuid} NOT NULL, report_id {uuid} NOT NULL REFERENCES report (id),
    item_id {uuid} NOT NULL REFERENCES item (id), reporter_id {uuid} NOT NULL, owner_id {uuid},
    lea_id {uuid} NOT NULL REFERENCES organisation (id), agreement_id {uuid}, agreement_name TEXT NOT NULL,
    agreement_version BIGINT NOT NULL, clause TEXT NOT NULL, width TEXT NOT NULL, media {bool} NOT NULL,
    reason TEXT NOT NULL, at BIGINT NOT NULL, withdrawn_at BIGINT, UNIQUE (item_id, lea_id)
);
CREATE INDEX disclosure_report ON disclosure (report_id);
CREATE INDEX disclosure_case ON disclosure (case_id);
-- One LEA's view of one report, kept as small as its inbox needs.
CREATE TABLE police_case (
    id {uuid} PRIMARY KEY, lea_id {uuid} NOT NULL REFERENCES organisation (id),
    report_id {uuid} NOT NULL REFERENCES report (id), class TEXT NOT NULL, items BIGINT NOT NULL, why TEXT NOT NULL,
    clause TEXT NOT NULL, agreement_name TEXT NOT NULL, agreement_version BIGINT NOT NULL, width TEXT NOT NULL,
    hosting_country TEXT, rank BIGINT NOT NULL, created_at BIGINT NOT NULL, opened_at BIGINT, outcome TEXT,
    UNIQUE (report_id, lea_id)
);
CREATE INDEX police_case_inbox ON police_case (lea_id, rank, id);
-- What a decision kept back, and why. `shown` rows are part of a case; the others tell the hotline who was not told.
CREATE TABLE withheld (
    id {uuid} PRIMARY KEY, report_id {uuid} NOT NULL REFERENCES report (id), item_id {uuid} NOT NULL REFERENCES item (id),
    reporter_id {uuid} NOT NULL, owner_id {uuid}, lea_id {uuid}, what TEXT NOT NULL, agreement_name TEXT, clause TEXT,
    reason TEXT NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX withheld_report ON withheld (report_id);
CREATE TABLE outcome (
    id {uuid} PRIMARY KEY, case_id {uuid} NOT NULL REFERENCES police_case (id), report_id {uuid} NOT NULL,
    reporter_id {uuid} NOT NULL, lea_id {uuid} NOT NULL, person_id {uuid} NOT NULL, kind TEXT NOT NULL, note TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX outcome_report ON outcome (report_id);
CREATE INDEX outcome_case ON outcome (case_id);
-- A look that a person has given a purpose for and not taken yet: one time, one minute.
CREATE TABLE look (
    digest {bytes} PRIMARY KEY, item_id {uuid} NOT NULL REFERENCES item (id), org_id {uuid} NOT NULL,
    person_id {uuid} NOT NULL, purpose TEXT NOT NULL, until BIGINT NOT NULL
);
