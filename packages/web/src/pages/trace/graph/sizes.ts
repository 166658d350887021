/** Of a box of the graph, and the room between two. */
export const BOX = { width: 176, height: 46 }
export const GAP = { width: 34, height: 54 }
export const MARGIN = 28
