-- accounts.role is what somebody is in the organisation, which is this installation: `owner` or `member`. All that were there are owners.
-- What a member may do in a project is in memberships and, through teams, in team_roles; the highest counts.
create table memberships (
  project_id text not null references projects (id) on delete cascade,
  account_id text not null references accounts (id) on delete cascade,
  role text not null,
  created_at timestamptz not null,
  primary key (project_id, account_id)
);
create index memberships_by_account on memberships (account_id);

create table teams (
  id text primary key,
  name text not null,
  created_at timestamptz not null
);
create unique index teams_by_name on teams (lower(name));

create table team_members (
  team_id text not null references teams (id) on delete cascade,
  account_id text not null references accounts (id) on delete cascade,
  added_at timestamptz not null,
  primary key (team_id, account_id)
);
create index team_members_by_account on team_members (account_id);

create table team_roles (
  project_id text not null references projects (id) on delete cascade,
  team_id text not null references teams (id) on delete cascade,
  role text not null,
  primary key (project_id, team_id)
);
create index team_roles_by_team on team_roles (team_id);

-- Links that let somebody in, once. Who invited must still be able to when the link is used: that is account_id, or key_id.
create table invitations (
  id text primary key,
  token_sha256 text not null unique,
  project_id text not null references projects (id) on delete cascade,
  role text not null,
  email text,
  team_id text references teams (id) on delete cascade,
  account_id text references accounts (id) on delete set null,
  key_id text references keys (id) on delete set null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  used_by text references accounts (id) on delete set null,
  revoked_at timestamptz
);
create index invitations_by_project on invitations (project_id, created_at desc, id desc);

-- role: where it is set, the key may do what the role may, and scopes is empty.
-- account_id: who made it. It stays when the account is gone, so that the key is seen as nobody's.
alter table keys add column role text;
alter table keys add column account_id text;
alter table keys add column team_id text references teams (id) on delete set null;
create index keys_by_account on keys (account_id);

-- Log-ins, as their account sees them. last_used_at is kept to within a minute.
alter table sessions add column id text;
alter table sessions add column last_used_at timestamptz;
alter table sessions add column address text;
alter table sessions add column user_agent text;
update sessions set id = 'login_' || substr(md5(token_sha256), 1, 24), last_used_at = created_at;
alter table sessions alter column id set not null;
alter table sessions alter column last_used_at set not null;
create unique index sessions_by_id on sessions (id);
