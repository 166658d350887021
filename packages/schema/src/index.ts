export * from './access.ts'
export * from './api.ts'
export * from './budget.ts'
export type {
  BudgetChange,
  BudgetUse,
  Difference,
  Reconciliation,
  ShownBudget,
  SubjectUse,
  UsageGroup,
  UsageQuery,
  UsageRow,
} from './budgets-api.ts'
export type { CacheMatch, ModelCacheUse } from './cache-api.ts'
export * from './canonical-json.ts'
export * from './capabilities.ts'
export * from './config.ts'
export type { ConfigEntry, EffectiveConfig } from './config-api.ts'
export * from './dashboard.ts'
export type { DashboardRow, DashboardVersion, ShownDashboard } from './dashboards-api.ts'
export * from './dataset.ts'
export type { DatasetRule } from './dataset-filling-api.ts'
export type { DatasetChange, DatasetRow, DatasetVersion, ImportFormat } from './datasets-api.ts'
export type { Deletion, DeletionPreview, DeletionStatus, NewDeletion, Retention } from './deletion-api.ts'
export type { Demo, NewDemo } from './demo-api.ts'
export * from './errors.ts'
export * from './evaluator.ts'
export type { EvaluatorVersion, StoredEvaluator, TriedEvaluator, TriedRow } from './evaluators-api.ts'
export * from './experiment-run.ts'
export type { BaselineRow, ExperimentDetail, SentExperimentRow } from './experiments-api.ts'
export type { ExportFormat, ExportQuery } from './export-api.ts'
export * from './feedback.ts'
export * from './guardrail.ts'
export type { IngestSender, RejectedPayload, Replay, WholePayload } from './inspector-api.ts'
export * from './journal.ts'
export { AUTOMATIC, Marker, MarkerKind, NewMarker } from './markers-api.ts'
export * from './members.ts'
export * from './money.ts'
export * from './openapi.ts'
export type { SpanOutline } from './outline-api.ts'
export type { HealthPart, HealthState, Mover } from './overview-api.ts'
export { addsUp, GRID_COLUMNS } from './panel-units.ts'
export * from './patch.ts'
export * from './playground.ts'
export type { SavedPlayground } from './playground-api.ts'
export * from './prompt.ts'
export { PromptDrift, PromptDriftKind, type VariableChange } from './prompt-drift-api.ts'
export * from './prompt-fragments.ts'
export type { PromptImpact } from './prompt-labels-api.ts'
export type { PromptChange, PromptFragment, PromptRow, PromptUse, PromptVersion, PromptVersionRow } from './prompt-rows.ts'
export * from './prompt-share.ts'
export { NewPromptWebhook, type PromptDelivery, type PromptWebhook } from './prompt-webhooks-api.ts'
export type { PromptUsage } from './prompts-api.ts'
export * from './provider.ts'
export * from './query.ts'
export * from './refusals.ts'
export type { NewRepricing, RepricedModel, Repricing, RepricingStatus } from './repricing-api.ts'
export * from './review.ts'
export type {
  ReviewAgreement,
  ReviewCalibration,
  ReviewCounts,
  ReviewerPace,
  ReviewHalf,
  ReviewItem,
  ReviewMeasure,
  ReviewQueue,
  ReviewTask,
} from './review-rows.ts'
export type { Access, Route } from './route.ts'
export * from './routing.ts'
export * from './routing-api.ts'
export * from './score.ts'
export * from './score-type.ts'
export * from './sessions-api.ts'
export * from './snapshot.ts'
export * from './span.ts'
export * from './split.ts'
export type { SqlAnswer } from './sql-api.ts'
export * from './system.ts'
export * from './usage.ts'
export * from './users-api.ts'
export * from './views-api.ts'
