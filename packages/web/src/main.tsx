import { config } from 'zod'

// zod would compile validators with `new Function`, which the content security policy forbids. It decides when a
// schema is made, so this must run before any schema is loaded: the rest of the program comes after it.
config({ jitless: true })
import('./start.tsx')
