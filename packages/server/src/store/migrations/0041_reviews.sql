-- Review by people. A queue has rubrics that never change, items, what people said of them, and who has one open.
create table review_queues (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  name text not null,
  description text not null,
  reviewers_per_item integer not null,
  lease_minutes integer not null,
  dispute text not null,
  rubric_version integer not null,
  next_position bigint not null,
  archived_at timestamptz,
  created_at timestamptz not null,
  created_by text not null
);
create index review_queues_in_order on review_queues (project_id, created_at desc, id);
-- rubric: JSON as `ReviewRubric` of the schema has it.
create table review_rubrics (
  queue_id text not null references review_queues (id) on delete cascade,
  version integer not null,
  rubric text not null,
  message text not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (queue_id, version)
);
-- content: JSON, null where the source is a span: it is read where it is kept. gold: JSON of answers, when it is decided.
create table review_items (
  id text primary key,
  queue_id text not null references review_queues (id) on delete cascade,
  project_id text not null,
  source jsonb not null,
  source_key text collate "C" not null,
  trace_id text collate "C",
  content text,
  preview text not null,
  reason text not null,
  position bigint not null,
  rubric_version integer not null,
  state text not null,
  gold text,
  gold_by text,
  gold_reason text not null,
  decided_by text,
  decided_at timestamptz,
  -- When its scores were written; null where they still are to be.
  scored_at timestamptz,
  created_at timestamptz not null
);
create unique index review_items_once on review_items (queue_id, source_key);
create index review_items_in_order on review_items (queue_id, state, position);
create index review_items_of_trace on review_items (project_id, trace_id) where trace_id is not null;
create index review_items_unscored on review_items (decided_at) where gold is not null and scored_at is null;
create table review_entries (
  item_id text not null references review_items (id) on delete cascade,
  reviewer_id text not null,
  rubric_version integer not null,
  kind text not null,
  answers text not null,
  reason text not null,
  seconds double precision,
  at timestamptz not null,
  primary key (item_id, reviewer_id, rubric_version)
);
create table review_leases (
  item_id text not null references review_items (id) on delete cascade,
  reviewer_id text not null,
  until timestamptz not null,
  primary key (item_id, reviewer_id)
);
-- What judges said, where it does not stand as a score on the trace.
create table review_verdicts (
  item_id text not null references review_items (id) on delete cascade,
  judge text not null,
  judge_version text not null,
  score double precision not null,
  at timestamptz not null,
  primary key (item_id, judge, judge_version, at)
);
-- report: JSON as `ReviewCalibration` has it. Kept when the queue is gone: a gate asks for it.
create table review_calibrations (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  queue_id text not null,
  judge text not null,
  report text not null,
  at timestamptz not null
);
create index review_calibrations_of_judge on review_calibrations (project_id, judge, at desc);
create index review_calibrations_in_order on review_calibrations (project_id, at desc, id);
