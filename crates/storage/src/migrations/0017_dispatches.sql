-- The desk reads what waits, what failed and what is through, newest first: each from an index of its own. By an index over all
-- states SQLite sorted the whole queue for every parcel.
DROP INDEX dispatch_state;
DROP INDEX dispatch_open;
CREATE INDEX dispatch_open ON dispatch (changed_at, id) WHERE state IN ('queued', 'packed', 'sent');
CREATE INDEX dispatch_failed ON dispatch (changed_at, id) WHERE state IN ('parked', 'rejected');
CREATE INDEX dispatch_through ON dispatch (changed_at, id) WHERE state IN ('taken', 'answered');
-- Cases of one series are found by its number.
CREATE INDEX finding_series ON finding (series) WHERE series IS NOT NULL;
