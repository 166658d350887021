-- allow_private_providers: providers that were added to this project may point at this machine and at private networks. An owner decides.
alter table projects add column allow_private_providers boolean not null default false;
