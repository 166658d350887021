import type { WireRequest } from './wire/request.ts'

/*
 * Steps of the walk that have nothing to do yet. Each takes and returns the value that its room will work on, so that
 * the order of the walk is already the final one. None of them claims to have acted: the answer headers say `off`.
 */

/** Knowledge bases: none yet. */
export const retrieve = (request: WireRequest): WireRequest => request

/** Trimming to the context window: by policy only, and there is none yet. */
export const fitContext = (request: WireRequest): WireRequest => request

/** Guardrails on what goes in: none yet. */
export const guardInput = (request: WireRequest): WireRequest => request

/** Guardrails on what comes out: none yet. Takes the sink that the answer flows into and returns the one to write to. */
export const guardOutput = <Sink>(sink: Sink): Sink => sink
