-- A refused payload as it can be sent again: the request that it came with, or one made of the refused item alone. raw is null where the
-- project keeps no content, where it was too large, or where nothing of it can be sent again. replayed_at: when it was taken after all.
alter table ingest_samples add column method text;
alter table ingest_samples add column path text;
alter table ingest_samples add column content_type text;
alter table ingest_samples add column raw bytea;
alter table ingest_samples add column replayed_at timestamptz;
