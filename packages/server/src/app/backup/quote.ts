/** A name as a quoted identifier of Postgres. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A name as a quoted identifier of ClickHouse. */
export const eventsName = (name: string): string => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
