-- Files that clients cut out of what they send: images, sound, documents. The id follows from what is in one, so that the same file is
-- kept once. Its bytes are among the blobs, as media/PROJECT/ID.
create table media (
  project_id text not null,
  id text not null,
  sha256 text not null,
  content_type text not null,
  content_length bigint not null,
  created_at timestamptz not null default now(),
  uploaded_at timestamptz,
  primary key (project_id, id)
);

-- Where one is used: once with its trace gone from all of them, nobody needs it.
create table media_uses (
  project_id text not null,
  media_id text not null,
  trace_id text not null,
  span_id text not null,
  field text not null,
  primary key (project_id, media_id, trace_id, span_id, field),
  foreign key (project_id, media_id) references media (project_id, id) on delete cascade
);
create index media_uses_by_trace on media_uses (project_id, trace_id);
