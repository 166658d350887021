/** SQL for the name of who did something, for people: the e-mail of the account, or the name of the key. `column` holds the id. */
export const actorName = (column: string): string =>
  `coalesce((select email from accounts where accounts.id = ${column}), (select name from keys where keys.id = ${column}))`
