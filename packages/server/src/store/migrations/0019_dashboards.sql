-- Pages of charts that people make. owner: the account, or the key, that made it. value: as `Dashboard` of the schema has it.
-- Each change makes a new version; the last ones are kept, the newest in both tables.
create table dashboards (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  owner text not null,
  shared boolean not null,
  version integer not null,
  value jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  updated_by text not null
);
create unique index dashboards_by_name on dashboards (project_id, owner, lower(value ->> 'name'));
create table dashboard_versions (
  dashboard_id text not null references dashboards (id) on delete cascade,
  version integer not null,
  value jsonb not null,
  saved_at timestamptz not null,
  saved_by text not null,
  primary key (dashboard_id, version)
);
