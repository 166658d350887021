/** The version of the program, as packages/server/package.json has it. */
export const VERSION = '0.1.0'
