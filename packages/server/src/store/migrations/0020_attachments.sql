-- Files that a client attaches to a trace or a span by name (Opik's do). The same bytes may hang there under two names; a client that knows
-- only the span says no trace, which is then found when it is needed.
alter table media_uses add column file_name text not null default '';
alter table media_uses add column content_type text not null default '';
alter table media_uses drop constraint media_uses_pkey;
alter table media_uses add primary key (project_id, media_id, trace_id, span_id, field, file_name);
create index media_uses_by_span on media_uses (project_id, span_id) where field = 'attachment';
