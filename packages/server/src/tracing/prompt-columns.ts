import type { SpanRow } from '@signalbox/schema'

/**
 * Which prompt a span of a foreign client says that it was made from: what Langfuse, OpenTelemetry and LangSmith write among its metadata,
 * in the columns that calls of the gateway have. A commit of LangSmith is version and hash in one.
 */
export function promptColumns(
  metadata: Readonly<Record<string, string>> | undefined = {},
): Pick<SpanRow, 'promptName' | 'promptVersion' | 'promptHash'> {
  const commit = metadata.lc_hub_commit_hash ?? ''
  return {
    promptName: metadata.promptName ?? metadata.lc_hub_repo ?? '',
    promptVersion: metadata.promptVersion ?? commit,
    promptHash: metadata.promptHash ?? commit,
  }
}
