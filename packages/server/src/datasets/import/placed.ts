export type Row = Record<string, unknown>
/** A row, and what to call it where something is wrong with it. */
export type Placed = { row: Row; place: string }
