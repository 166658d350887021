-- What happened when: deploys, changes of routes and of the configuration. origin: who made it (api, release, change, file). removed_at: an
-- automatic one that somebody took away must not come back with the next span.
create table markers (
  project_id text not null references projects (id) on delete cascade,
  id text not null,
  kind text not null,
  title text not null,
  at timestamptz not null,
  url text,
  environment text,
  origin text not null,
  account_id text,
  key_id text,
  details jsonb not null,
  created_at timestamptz not null,
  removed_at timestamptz,
  primary key (project_id, id)
);
create index markers_by_time on markers (project_id, at desc);

-- What signalbox.yaml said of each project when a core looked last, without secrets: what differs from it was changed meanwhile, also
-- while no core was running.
create table config_seen (
  project_id text primary key references projects (id) on delete cascade,
  entries jsonb not null,
  seen_at timestamptz not null
);
