import { type ClassValue, clsx } from 'clsx'

/** Joins class names. Two that set the same property must not meet: the order in the text decides nothing. */
export const classNames = (...values: ClassValue[]): string => clsx(...values)
