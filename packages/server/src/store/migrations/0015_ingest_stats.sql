-- What became of requests to ingest endpoints, by who sent them with what, per minute. Kept for eight days.
create table ingest_minutes (
  project_id text not null,
  minute timestamptz not null,
  key_id text not null,
  sdk text not null,
  endpoint text not null,
  requests bigint not null,
  accepted bigint not null,
  rejected bigint not null,
  primary key (project_id, minute, key_id, sdk, endpoint)
);
create index ingest_minutes_by_time on ingest_minutes (minute);

-- Why things were refused. reason_hash, because a reason is longer than an index should hold.
create table ingest_reasons (
  project_id text not null,
  minute timestamptz not null,
  key_id text not null,
  sdk text not null,
  endpoint text not null,
  reason_hash text not null,
  reason text not null,
  items bigint not null,
  primary key (project_id, minute, key_id, sdk, endpoint, reason_hash)
);
create index ingest_reasons_by_time on ingest_reasons (minute);

-- From the moment that an edge had a body until it could be read, in milliseconds, of the bodies of a minute.
create table ingest_lag (
  project_id text not null,
  minute timestamptz not null,
  key_id text not null,
  bodies bigint not null,
  sum_ms bigint not null,
  max_ms bigint not null,
  primary key (project_id, minute, key_id)
);
create index ingest_lag_by_time on ingest_lag (minute);

-- The last refused payloads of each project: cut, and without secrets. body is null where the project keeps no content.
create table ingest_samples (
  id text primary key,
  project_id text not null,
  at timestamptz not null,
  key_id text not null,
  sdk text not null,
  endpoint text not null,
  reason text not null,
  message text not null,
  body text,
  bytes bigint not null,
  cut boolean not null
);
create index ingest_samples_by_project on ingest_samples (project_id, at desc);
