-- Requests to delete, and what came of them. subject: trace, user, session or time; times in microseconds since 1970.
-- requested_us decides about what is still on its way: what an edge had by then goes, what it gets later stays.
create table deletions (
  id text primary key,
  project_id text not null,
  subject text not null,
  value text not null default '',
  from_us bigint,
  to_us bigint,
  requested_us bigint not null,
  requested_by text not null default '',
  status text not null,
  -- How often spans were found: once when it was asked for, and again when late ones came in.
  part integer not null default 0,
  spans bigint not null default 0,
  traces bigint not null default 0,
  late bigint not null default 0,
  removed jsonb not null default '[]',
  problem text,
  hidden_at timestamptz,
  removed_at timestamptz,
  erased_at timestamptz
);
create index deletions_by_project on deletions (project_id, requested_us desc);
create index deletions_open on deletions (requested_us) where status <> 'erased';

-- How many days a project keeps inputs and outputs (payload), and everything else of its spans (metadata). Null: for ever.
create table retention (
  project_id text primary key,
  payload_days integer,
  metadata_days integer,
  changed_at timestamptz not null default now(),
  changed_by text not null default ''
);
