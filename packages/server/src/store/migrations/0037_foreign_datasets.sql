-- What clients of other tools say of a dataset beside what it holds.
create table foreign_datasets (
  project_id text not null references projects (id) on delete cascade,
  name text collate "C" not null,
  details jsonb not null,
  primary key (project_id, name)
);
-- The ids by which they know items: theirs are unique in a project, ours in a dataset.
create table foreign_items (
  project_id text not null references projects (id) on delete cascade,
  id text collate "C" not null,
  dataset text collate "C" not null,
  item_id text collate "C" not null,
  primary key (project_id, id)
);
create index foreign_items_of on foreign_items (project_id, dataset, item_id);
-- Runs over a dataset whose calls and scores they send as traces. Each is an experiment, kept up with what has come meanwhile.
create table foreign_runs (
  project_id text not null references projects (id) on delete cascade,
  id text collate "C" not null,
  system text not null,
  dataset text collate "C" not null,
  name text collate "C" not null,
  details jsonb not null,
  created_at timestamptz not null,
  -- When something of it came last, when it was said to be over, when it was looked through, and what was found then.
  touched_at timestamptz not null,
  ended_at timestamptz,
  looked_at timestamptz,
  looked_hash text not null default '',
  experiment_id text,
  primary key (project_id, id)
);
create unique index foreign_runs_by_name on foreign_runs (project_id, system, dataset, name);
create index foreign_runs_touched on foreign_runs (touched_at);
create table foreign_run_items (
  project_id text not null,
  run_id text collate "C" not null,
  id text collate "C" not null,
  item text collate "C" not null,
  trace_id text not null,
  span_id text not null,
  created_at timestamptz not null,
  primary key (project_id, run_id, id),
  foreign key (project_id, run_id) references foreign_runs (project_id, id) on delete cascade
);
