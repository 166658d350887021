-- Providers that were added to a project through the API or the UI; those of signalbox.yaml and the environment are not here.
-- sealed: key, headers and secret options as JSON, sealed with the master key, base64; null where there is none of them.
-- has_key, key_hint, header_names: what may be shown of that.
create table providers (
  project_id text not null references projects (id) on delete cascade,
  name text not null,
  kind text not null,
  base_url text,
  options jsonb not null,
  sealed text,
  has_key boolean not null,
  key_hint text,
  header_names jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (project_id, name)
);
