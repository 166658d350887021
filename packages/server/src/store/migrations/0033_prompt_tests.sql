-- Experiments that are the tests of a version of a prompt, and labels that only tested versions get.
create table prompt_tests (
  experiment_id text primary key references experiments (id) on delete cascade,
  project_id text not null,
  prompt text collate "C" not null,
  version integer not null,
  against integer,
  created_at timestamptz not null
);
create index prompt_tests_by_version on prompt_tests (project_id, prompt, version, created_at desc);
create table prompt_gates (
  project_id text not null references projects (id) on delete cascade,
  label text not null,
  set_at timestamptz not null,
  set_by text not null,
  primary key (project_id, label)
);
