/** What of an item is a cell of the sheet. */
export const FIELDS = ['input', 'expected', 'tags', 'split'] as const
export type CellField = (typeof FIELDS)[number]
