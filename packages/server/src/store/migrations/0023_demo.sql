-- Projects that hold demo data. Everything it brought came in with the key key_id, by which it is found when it is removed.
-- models: aliases that were made for it. worth_seeing: [{ title, path }], for the page and the terminal.
create table demos (
  project_id text primary key references projects (id) on delete cascade,
  key_id text not null,
  state text not null,
  days integer not null,
  scale double precision not null,
  seed text not null,
  started_at timestamptz not null,
  traces integer not null default 0,
  sent integer not null default 0,
  models jsonb not null default '[]',
  worth_seeing jsonb not null default '[]',
  problem text
);
