-- Datasets with immutable versions. An item stands in all versions from from_version on, until (not with) to_version.
create table datasets (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  name text collate "C" not null,
  description text not null,
  version integer not null,
  hash text not null,
  item_count integer not null,
  -- Where the next item stands in the order.
  next_position bigint not null,
  archived_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by text not null
);
create unique index datasets_by_name on datasets (project_id, name);
create table dataset_versions (
  dataset_id text not null references datasets (id) on delete cascade,
  version integer not null,
  hash text not null,
  item_count integer not null,
  added integer not null,
  changed integer not null,
  removed integer not null,
  message text not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (dataset_id, version)
);
-- content: JSON as `DatasetItemContent` of the schema has it. print_*: a fingerprint of the words of its input, by which what resembles it is found.
create table dataset_items (
  dataset_id text not null references datasets (id) on delete cascade,
  item_id text collate "C" not null,
  position bigint not null,
  from_version integer not null,
  to_version integer,
  hash text not null,
  content text not null,
  split text,
  tags jsonb not null,
  source jsonb,
  print_a integer not null,
  print_b integer not null,
  print_c integer not null,
  print_d integer not null,
  primary key (dataset_id, item_id, from_version)
);
create index dataset_items_in_order on dataset_items (dataset_id, position, from_version);
create index dataset_items_now on dataset_items (dataset_id, item_id) where to_version is null;
create index dataset_items_print_a on dataset_items (dataset_id, print_a) where to_version is null;
create index dataset_items_print_b on dataset_items (dataset_id, print_b) where to_version is null;
create index dataset_items_print_c on dataset_items (dataset_id, print_c) where to_version is null;
create index dataset_items_print_d on dataset_items (dataset_id, print_d) where to_version is null;
-- Who opened a holdout. Kept when the dataset is gone.
create table dataset_unsealed (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  dataset text collate "C" not null,
  version integer not null,
  items integer not null,
  at timestamptz not null,
  by_id text not null,
  why text not null
);
create index dataset_unsealed_in_order on dataset_unsealed (project_id, at desc);
