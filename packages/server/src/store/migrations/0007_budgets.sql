-- The ledger also knows what was asked for, for whom, and whose key it was: what budgets count. '' where that is not known.
alter table ledger add column request_model text not null default '';
alter table ledger add column end_user text not null default '';
alter table ledger add column account_id text not null default '';
alter table ledger add column team_id text not null default '';
alter table ledger drop constraint ledger_pkey;
alter table ledger add primary key (project_id, day, key_id, provider, model, request_model, end_user, account_id, team_id);
-- Those of the organisation count over all projects.
create index ledger_by_day on ledger (day);
-- Which batch of an edge was the last one: from there on its budgets are what its journal says.
create index applied_batches_by_edge on applied_batches (edge_id, applied_at desc);

-- What the last comparison of ledger and spans found, by project.
create table reconciliations (
  project_id text primary key references projects (id) on delete cascade,
  checked_at timestamptz not null,
  result jsonb not null
);
