-- Jobs that work the cost of stored spans out again. Times in microseconds since 1970. The place up to which one has come is its cursor;
-- piece is the number of the next piece of work, by which its writes are known. by_model: as a list of sums in nano-USD.
create table repricings (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  from_us bigint not null,
  to_us bigint not null,
  models jsonb,
  dry_run boolean not null,
  status text not null,
  requested_at timestamptz not null default now(),
  requested_by text not null default '',
  started_at timestamptz,
  ended_at timestamptz,
  total bigint,
  provided bigint,
  done bigint not null default 0,
  piece integer not null default 0,
  cursor jsonb,
  by_model jsonb not null default '[]',
  problem text,
  -- Which core works on it, and until when it may be silent before another one goes on.
  runner text,
  lease_until timestamptz
);
create index repricings_by_project on repricings (project_id, requested_at desc, id desc);
create index repricings_open on repricings (requested_at) where status in ('queued', 'running');
