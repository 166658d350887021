// `npm run bench -- guardrails`: private data and secrets, then prompt injection. The flags are those of the first.
await import('./private.ts')
await import('./injection.ts')
