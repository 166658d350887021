-- How often kept answers were given up: of an alias, or (model '') of the whole project. The number is part of every key, so raising it
-- is enough, wherever the answers are.
create table cache_purges (
  project_id text not null references projects (id) on delete cascade,
  model text not null,
  purges integer not null,
  purged_at timestamptz not null,
  primary key (project_id, model)
);
-- Answers that somebody called wrong. kept_span: the call that they were kept of; span_id: the one that they were given to.
create table cache_rejections (
  project_id text not null references projects (id) on delete cascade,
  span_id text not null,
  kept_span text not null,
  rejected_at timestamptz not null,
  primary key (project_id, span_id)
);
create index cache_rejections_by_time on cache_rejections (project_id, rejected_at);
