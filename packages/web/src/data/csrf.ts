/** Given by the session; sent with every request that changes something. Kept in memory only. */
export const csrfToken: { current: string } = { current: '' }
