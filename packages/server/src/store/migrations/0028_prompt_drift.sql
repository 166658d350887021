-- What was seen in calls about prompts and nobody decided: texts that no version makes, old versions, changed variables. One row per kind
-- and key; details: what kind and key say of it, as `PromptDrift` of the schema has it.
create table prompt_drift (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  kind text not null,
  key text collate "C" not null,
  prompt text collate "C",
  details jsonb not null,
  count bigint not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  trace_id text not null,
  span_id text not null,
  dismissed_at timestamptz,
  unique (project_id, kind, key)
);
create index prompt_drift_by_time on prompt_drift (project_id, last_seen desc, id);
-- Until when the calls of a project were looked at, in microseconds since 1970.
create table prompt_drift_progress (
  project_id text primary key references projects (id) on delete cascade,
  seen_until bigint not null
);
-- What callers usually send for the variables of a prompt, as numbers: see prompts/drift/variable-shapes.ts.
create table prompt_variable_shapes (
  project_id text not null references projects (id) on delete cascade,
  prompt text collate "C" not null,
  shapes jsonb not null,
  updated_at timestamptz not null,
  primary key (project_id, prompt)
);
