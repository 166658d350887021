-- Canaries that too many errors have stopped, by the id of their configuration: another configuration has another id. They stay
-- stopped when everything starts again.
create table canary_stops (
  id text primary key,
  stopped_at timestamptz not null default now()
);
