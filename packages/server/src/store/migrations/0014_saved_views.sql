-- Lists of traces as somebody wants to find them again: filters, search, order and columns under a name. owner: the account, or the key,
-- that saved it. state: as `ViewState` of the schema has it.
create table saved_views (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  owner text not null,
  name text not null,
  shared boolean not null,
  state jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index saved_views_by_name on saved_views (project_id, owner, lower(name));
