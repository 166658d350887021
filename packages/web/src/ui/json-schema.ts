/** The JSON Schema of a schema, for forms. By itself, because the build leaves it out of what every page loads (`slim-zod.ts`). */
export { toJSONSchema } from 'zod'
