-- Aliases and splits that were added to a project through the API or the UI; those of signalbox.yaml are not here.
-- kind: model or split. value: as the schema of its kind has it, without the name.
create table project_entries (
  project_id text not null references projects (id) on delete cascade,
  kind text not null,
  name text not null,
  value jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (project_id, kind, name)
);
