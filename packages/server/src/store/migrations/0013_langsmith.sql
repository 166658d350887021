-- Projects in LangSmith's sense (its API calls them sessions): names that runs and experiments are filed under, inside one of ours.
-- `details`: what else its client says of one, as it says it.
create table langsmith_projects (
  project_id text not null references projects (id) on delete cascade,
  id text not null,
  name text not null,
  details jsonb not null default '{}',
  start_time timestamptz not null default now(),
  end_time timestamptz,
  primary key (project_id, id),
  unique (project_id, name)
);
