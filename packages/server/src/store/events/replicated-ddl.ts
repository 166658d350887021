import { appliedTable, eventMigrations } from './migrate.ts'

/**
 * The same tables for a ClickHouse cluster: replicated engines, created on every node of `cluster`. Run them once, in order;
 * the program then finds everything there. Written from the documentation and parsed by the embedded engine, but not yet
 * run on a cluster. https://clickhouse.com/docs/engines/table-engines/mergetree-family/replication
 */
export function replicatedDdl(cluster: string): string[] {
  return [appliedTable, ...eventMigrations().flatMap(({ statements }) => statements)].map((statement) => replicated(statement, cluster))
}

const PATH = `'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'`

function replicated(statement: string, cluster: string): string {
  const name = cluster.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
  return statement
    .replace(/^(CREATE (?:TABLE|MATERIALIZED VIEW) IF NOT EXISTS \w+|(?:ALTER|DROP) TABLE (?:IF EXISTS )?\w+)/, `$1 ON CLUSTER '${name}'`)
    .replace(/ENGINE = (\w*MergeTree)(?:\(([^)]*)\))?/, (_, engine: string, args?: string) => {
      return `ENGINE = Replicated${engine}(${PATH}${args ? `, ${args}` : ''})`
    })
    .replaceAll('non_replicated_deduplication_window', 'replicated_deduplication_window')
}
