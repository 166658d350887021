import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const NAME = /^(\d{10})\.log$/

export const segmentPath = (folder: string, segment: number): string => join(folder, `${String(segment).padStart(10, '0')}.log`)

/** Numbers of the segments in a folder, oldest first. */
export const listSegments = (folder: string): number[] =>
  readdirSync(folder)
    .map((name) => NAME.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b)
