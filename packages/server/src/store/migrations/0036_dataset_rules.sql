-- Calls that become items of a dataset by themselves. looked_at: calls that began before have been looked at.
create table dataset_rules (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  dataset_id text not null references datasets (id) on delete cascade,
  filter text not null,
  rate double precision not null,
  most_per_day integer not null,
  expected text not null,
  split text,
  tags text not null,
  enabled boolean not null,
  looked_at timestamptz not null,
  -- Of the day that is under way (UTC).
  day text not null,
  made_today integer not null,
  added integer not null,
  skipped integer not null,
  missing integer not null,
  problem text,
  created_at timestamptz not null,
  created_by text not null
);
create index dataset_rules_by_dataset on dataset_rules (dataset_id, created_at);
