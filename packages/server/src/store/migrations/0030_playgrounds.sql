-- What playgrounds asked, kept so that a link leads to it. id: of the content, so that the same is kept once. state: JSON, as `PlaygroundState` of
-- the schema has it. opened_at: when somebody last followed the link.
create table playgrounds (
  project_id text not null references projects (id) on delete cascade,
  id text not null,
  state text not null,
  created_by text not null,
  created_at timestamptz not null,
  opened_at timestamptz not null,
  primary key (project_id, id)
);
create index playgrounds_by_use on playgrounds (project_id, opened_at);

-- The key that the playground of an account calls the gateway with. There is never a secret here: it follows from the master key.
create table playground_keys (
  project_id text not null references projects (id) on delete cascade,
  account_id text not null references accounts (id) on delete cascade,
  key_id text not null references keys (id) on delete cascade,
  primary key (project_id, account_id)
);
