-- Who is told when a label of a prompt is moved. labels: which ones, all where the list is empty. sealed: the secret that signs, sealed
-- with the master key.
create table prompt_webhooks (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  url text not null,
  labels jsonb not null,
  active boolean not null,
  sealed text not null,
  secret_hint text not null,
  created_at timestamptz not null,
  created_by text not null
);
create index prompt_webhooks_of_project on prompt_webhooks (project_id, created_at desc, id desc);
-- What is to be told, written in the same transaction as the move itself, so that it is told whatever happens afterwards.
-- status: 'waiting', 'delivered' or 'failed'. next_at: when it is tried next; while it is tried, when another process may.
create table prompt_deliveries (
  id text primary key,
  webhook_id text not null references prompt_webhooks (id) on delete cascade,
  event_id text not null,
  body text not null,
  status text not null,
  attempts integer not null,
  next_at timestamptz,
  response_status integer,
  problem text,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index prompt_deliveries_of_webhook on prompt_deliveries (webhook_id, created_at desc, id desc);
create index prompt_deliveries_waiting on prompt_deliveries (next_at) where status = 'waiting';
