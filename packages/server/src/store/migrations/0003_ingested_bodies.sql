-- Bodies that an ingest endpoint took in, by their hash, for an hour. A client that got no answer sends the same bytes
-- again, and must not count twice.
create table ingested_bodies (
  hash text primary key,
  applied_at timestamptz not null default now()
);
create index ingested_bodies_by_time on ingested_bodies (applied_at);
