-- Versions of prompts that a gateway asked for by number: edges are given them as they are given those with a label.
create table prompt_pins (
  prompt_id text not null,
  version integer not null,
  project_id text not null references projects (id) on delete cascade,
  asked_at timestamptz not null,
  primary key (prompt_id, version),
  foreign key (prompt_id, version) references prompt_versions (prompt_id, version) on delete cascade
);
create index prompt_pins_by_age on prompt_pins (project_id, asked_at);
