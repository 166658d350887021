-- Experiments: what they are, their items as they were when they were made, and what came of each. Texts are JSON as the schema has it.
create table experiments (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  name text collate "C" not null,
  description text not null,
  source text not null,
  state text not null,
  why text,
  -- By which a run is the same: of what was imported as it was sent.
  run text not null,
  definition text,
  -- Headers of an HTTP task, sealed.
  sealed text,
  -- What it was compiled to: variants, evaluators with their parameters and versions.
  plan text not null,
  dataset text collate "C" not null,
  dataset_version integer,
  dataset_hash text not null,
  items integer not null,
  repeats integer not null,
  seed integer not null,
  -- Of what runs: how far it is. Of what is over: as its rows say.
  progress text not null,
  report text,
  gate text,
  baseline_id text,
  baseline_variant text,
  -- Whether there is something to do, the number of the last time that something was asked for, and which core is at it until when.
  work boolean not null,
  asked bigint not null,
  -- Of a function: all rows were sent. Of others: what failed is asked again.
  sent boolean not null,
  retry boolean not null default false,
  lease_owner text,
  lease_until timestamptz,
  created_at timestamptz not null,
  created_by text not null,
  started_at timestamptz,
  finished_at timestamptz
);
create index experiments_in_order on experiments (project_id, created_at desc, id desc);
create index experiments_by_name on experiments (project_id, name, created_at desc);
create unique index experiments_imported on experiments (project_id, run) where source = 'import';
create index experiments_to_do on experiments (created_at) where work;

-- Versions of prompts that it uses, so that the experiments of a prompt are found.
create table experiment_prompts (
  experiment_id text not null references experiments (id) on delete cascade,
  project_id text not null,
  prompt text collate "C" not null,
  version integer not null,
  primary key (experiment_id, prompt, version)
);
create index experiment_prompts_by_name on experiment_prompts (project_id, prompt, version);

create table experiment_items (
  experiment_id text not null references experiments (id) on delete cascade,
  place integer not null,
  item_id text collate "C" not null,
  content text not null,
  split text,
  tags jsonb not null,
  cluster text,
  primary key (experiment_id, place)
);
create unique index experiment_items_by_id on experiment_items (experiment_id, item_id);

-- item: the number of (place, variant, repeat). answer and scores: frames of a journal.
create table experiment_rows (
  experiment_id text not null references experiments (id) on delete cascade,
  item integer not null,
  project_id text not null,
  place integer not null,
  ok boolean not null,
  done boolean not null,
  pass boolean,
  answer text not null,
  scores text not null,
  cache_key text,
  trace_id text,
  at timestamptz not null,
  primary key (experiment_id, item)
);
create index experiment_rows_by_place on experiment_rows (experiment_id, place);
create index experiment_rows_by_key on experiment_rows (project_id, cache_key) where cache_key is not null and ok;
create index experiment_rows_by_trace on experiment_rows (project_id, trace_id) where trace_id is not null;

-- Answers of judges, so that the same question is not paid for again.
create table experiment_judged (
  experiment_id text not null references experiments (id) on delete cascade,
  key text not null,
  project_id text not null,
  answer text not null,
  ms double precision not null,
  cost_usd double precision,
  primary key (experiment_id, key)
);
create index experiment_judged_by_key on experiment_judged (project_id, key);

create table experiment_baselines (
  project_id text not null references projects (id) on delete cascade,
  name text collate "C" not null,
  experiment_id text not null references experiments (id),
  variant text not null,
  pinned_at timestamptz not null,
  pinned_by text not null,
  why text not null,
  primary key (project_id, name)
);
create index experiment_baselines_by_experiment on experiment_baselines (experiment_id);
