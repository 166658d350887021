/** What a table holds under a name that came from outside; names like `constructor` or `__proto__` find nothing. */
export const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined
