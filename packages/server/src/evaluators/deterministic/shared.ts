/** What checks in code have in common. */
export const CHECK = {
  kind: 'code',
  scale: 'binary',
  higherIsBetter: true,
  deterministic: true,
  costed: false,
  revision: 1,
} as const
