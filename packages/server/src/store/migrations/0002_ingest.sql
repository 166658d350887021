-- Which batches of which edge have arrived. In the same transaction as the ledger, so that a batch counts once.
create table applied_batches (
  batch_id text primary key,
  edge_id text not null,
  records integer not null,
  spans integer not null,
  applied_at timestamptz not null default now()
);
create index applied_batches_by_time on applied_batches (applied_at);

-- What was used, as it is owed: by day, key and model. Costs are nano-USD; calls without a price are counted apart.
create table ledger (
  project_id text not null,
  day date not null,
  key_id text not null,
  provider text not null,
  model text not null,
  calls bigint not null default 0,
  errors bigint not null default 0,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  cost_nano_usd bigint not null default 0,
  unpriced_calls bigint not null default 0,
  primary key (project_id, day, key_id, provider, model)
);

-- Rows that the event store refused, kept whole until somebody replays or discards them.
create table dead_letters (
  id text primary key,
  project_id text not null,
  batch_id text not null,
  target text not null,
  reason text not null,
  row jsonb not null,
  created_at timestamptz not null default now()
);
create index dead_letters_by_project on dead_letters (project_id, created_at desc);
