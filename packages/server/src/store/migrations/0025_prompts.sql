-- Prompts with immutable versions, and labels that point to them. Who writes to the prompts of a project holds its row here, so that what
-- is checked about other prompts (fragments, cycles, labels) still holds when it is written. revision: goes up with every write.
create table prompt_revisions (
  project_id text primary key references projects (id) on delete cascade,
  revision bigint not null
);
-- last_version: the highest number ever given, so that none is given twice. revision: of the last write to this prompt.
create table prompts (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  name text collate "C" not null,
  type text not null,
  description text not null,
  tags jsonb not null,
  last_version integer not null,
  latest_version integer not null,
  version_count integer not null,
  revision bigint not null,
  archived_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by text not null
);
create unique index prompts_by_name on prompts (project_id, name);
-- content: JSON as `PromptContent` of the schema has it, in the order in which it was sent. hash: SHA-256 of its canonical form.
create table prompt_versions (
  prompt_id text not null references prompts (id) on delete cascade,
  version integer not null,
  hash text not null,
  content text not null,
  message text not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (prompt_id, version)
);
create unique index prompt_versions_by_hash on prompt_versions (prompt_id, hash);
-- What a version includes: by label, or one version of it.
create table prompt_includes (
  prompt_id text not null,
  version integer not null,
  project_id text not null,
  fragment text collate "C" not null,
  fragment_label text,
  fragment_version integer,
  foreign key (prompt_id, version) references prompt_versions (prompt_id, version) on delete cascade
);
create index prompt_includes_of on prompt_includes (prompt_id, version);
create index prompt_includes_by_fragment on prompt_includes (project_id, fragment);
-- version or split: where it points. revision: of the write that moved it last.
create table prompt_labels (
  prompt_id text not null references prompts (id) on delete cascade,
  label text collate "C" not null,
  version integer,
  split jsonb,
  revision bigint not null,
  moved_at timestamptz not null,
  moved_by text not null,
  why text not null,
  primary key (prompt_id, label)
);
create index prompt_labels_by_label on prompt_labels (label, prompt_id);
-- needs: 'role' or 'approval'.
create table prompt_protections (
  project_id text not null references projects (id) on delete cascade,
  label text not null,
  needs text not null,
  primary key (project_id, label)
);
-- Everything that was done, kept also when the prompt is gone. revision and position: the order.
create table prompt_events (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  prompt text collate "C" not null,
  kind text not null,
  at timestamptz not null,
  by_id text not null,
  label text,
  version integer,
  from_target jsonb,
  to_target jsonb,
  why text not null,
  approved_by text,
  approval_id text,
  revision bigint not null,
  position integer not null
);
create unique index prompt_events_in_order on prompt_events (project_id, revision desc, position desc);
create index prompt_events_of_prompt on prompt_events (project_id, prompt, revision desc, position desc);
-- Moves that wait for a second person. person: the account that asks, or that made the key which asks; null where there is none.
-- label_revision: of the label when it was asked for; null where there was no such label.
create table prompt_approvals (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  prompt text collate "C" not null,
  label text not null,
  from_target jsonb,
  to_target jsonb not null,
  label_revision bigint,
  why text not null,
  status text not null,
  requested_at timestamptz not null,
  requested_by text not null,
  person text,
  decided_at timestamptz,
  decided_by text,
  comments jsonb not null
);
create index prompt_approvals_in_order on prompt_approvals (project_id, requested_at desc, id desc);
