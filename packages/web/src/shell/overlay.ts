/** What lies over the page, if anything; one at a time. */
export type Overlay = 'palette' | 'help' | 'new-project' | null
