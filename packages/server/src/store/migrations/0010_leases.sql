-- What several edges hold of budgets of days and months. From lapses_at on a silent edge holds nothing any more; what it used and set
-- aside still counts until its journal has arrived as far as its last report, or the edge itself is back, or the period is over.
-- seq: an older report that comes late is refused. holds_all: the only edge, which may spend all that is left of everything.
-- segment and place: where its journal ended with its last report.
create table lease_edges (
  edge_id text primary key,
  seq bigint not null,
  said_at timestamptz not null,
  lapses_at timestamptz not null,
  holds_all boolean not null,
  segment bigint not null,
  place bigint not null
);

-- identity: of a budget. period: days or months since 1970 or year 0, as edges count them. Amounts in nano-USD, requests or tokens.
-- pending: used, and maybe not in the ledger yet. reserved: set aside for calls under way. held: what the edge said that it may spend
-- beyond that; granted: what it was answered. needs: what a call was refused for, since needs_since.
create table budget_leases (
  identity text not null,
  period integer not null,
  subject text not null,
  edge_id text not null references lease_edges (edge_id) on delete cascade,
  pending double precision not null,
  reserved double precision not null,
  held double precision not null,
  granted double precision not null,
  needs double precision not null,
  needs_since timestamptz,
  primary key (identity, period, subject, edge_id)
);
create index budget_leases_by_edge on budget_leases (edge_id);
