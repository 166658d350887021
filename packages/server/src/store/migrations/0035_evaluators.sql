-- Evaluators that a project keeps under a name, with versions that never change.
create table evaluators (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  name text collate "C" not null,
  description text not null,
  version integer not null,
  archived_at timestamptz,
  created_at timestamptz not null,
  created_by text not null
);
create unique index evaluators_by_name on evaluators (project_id, name);
-- params: JSON, without the values of headers; those are in sealed, with the master key.
create table evaluator_versions (
  evaluator_id text not null references evaluators (id) on delete cascade,
  version integer not null,
  evaluator text not null,
  params text not null,
  sealed text,
  message text not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (evaluator_id, version)
);
-- The keys with which rooms of the core call the gateway for a project. There is never a secret here: it follows from the master key.
create table service_keys (
  project_id text not null references projects (id) on delete cascade,
  purpose text not null,
  key_id text not null references keys (id) on delete cascade,
  primary key (project_id, purpose)
);
