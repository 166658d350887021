-- Whose pages may send feedback to a project, as its people say on the page Settings; beside those of signalbox.yaml.
create table feedback_origins (
  project_id text not null references projects (id) on delete cascade,
  origin text not null,
  added_by text not null,
  added_at timestamptz not null default now(),
  primary key (project_id, origin)
);
