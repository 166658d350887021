-- Links by which somebody who forgot the password sets a new one. Made by an owner of the organisation; each works once.
create table reset_links (
  token_sha256 text primary key,
  account_id text not null references accounts (id) on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index reset_links_by_account on reset_links (account_id);
