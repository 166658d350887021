-- A project is what keys, traces and money belong to. Its id stands in URLs and in signalbox.yaml.
create table projects (
  id text primary key,
  name text not null,
  created_at timestamptz not null
);

-- Key pairs. Of the secret there is only the hash (SHA-256, hex: it is random, so a fast one is enough) and a hint.
-- source: who wrote it down; `api` for the Keys page, `environment` and `file` for those that are declared outside.
create table keys (
  id text primary key,
  project_id text not null references projects (id),
  name text not null,
  public_key text not null unique,
  secret_sha256 text not null unique,
  secret_hint text not null,
  scopes jsonb not null,
  source text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index keys_by_project on keys (project_id, created_at desc, id desc);

-- People. E-mails are in lower case; passwords are argon2id. Both are absent after a first login by link.
create table accounts (
  id text primary key,
  email text unique,
  password_hash text,
  role text not null,
  source text not null,
  created_at timestamptz not null
);

-- by_link: this session may set a password without knowing the current one.
create table sessions (
  token_sha256 text primary key,
  account_id text not null references accounts (id) on delete cascade,
  by_link boolean not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_by_account on sessions (account_id);
create index sessions_by_expiry on sessions (expires_at);

create table login_links (
  token_sha256 text primary key,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
