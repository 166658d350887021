export type Metric = {
  name: string
  help: string
  type: 'counter' | 'gauge' | 'histogram'
  /** A histogram has several kinds of lines: `suffix` is `_bucket`, `_sum` or `_count`. */
  values: { suffix?: string; labels?: Record<string, string>; value: number }[]
}

/** Metrics as Prometheus reads them, text format 0.0.4. */
export function formatMetrics(metrics: readonly Metric[]): string {
  return metrics
    .map(({ name, help, type, values }) =>
      [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} ${type}`,
        ...values.map((one) => `${name}${one.suffix ?? ''}${labelsOf(one.labels)} ${one.value}`),
        '',
      ].join('\n'),
    )
    .join('')
}

function labelsOf(labels: Record<string, string> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(
    ([key, value]) => `${key}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`,
  )
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}
