/** The techniques that every introduction to prompting begins with, by the names they are opened with. */
export const TECHNIQUE_TITLES = [
  { id: 'zero-shot', title: 'Zero-shot' },
  { id: 'few-shot', title: 'Few-shot' },
  { id: 'chain-of-thought', title: 'Chain of thought' },
  { id: 'role', title: 'Role' },
  { id: 'structured-output', title: 'Structured output' },
] as const
export type TechniqueId = (typeof TECHNIQUE_TITLES)[number]['id']
export const titleOf = (id: TechniqueId): string => TECHNIQUE_TITLES.find((one) => one.id === id)?.title ?? id
