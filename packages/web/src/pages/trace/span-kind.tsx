import { Bot, Braces, Cpu, FileSearch, Link2, ListOrdered, type LucideIcon, Minus, Scale, Shield, Waypoints, Wrench } from 'lucide-react'

const ICONS: Record<string, LucideIcon> = {
  llm: Cpu,
  embedding: Braces,
  tool: Wrench,
  retriever: FileSearch,
  reranker: ListOrdered,
  agent: Bot,
  workflow: Waypoints,
  chain: Link2,
  guardrail: Shield,
  evaluator: Scale,
}

/** What a step is, as an icon; the word is read aloud and shown on hover. */
export function SpanKindIcon({ kind }: { kind: string }) {
  const Icon = ICONS[kind] ?? Minus
  return (
    <span data-tip={kind} className="shrink-0 text-faint">
      <Icon size={14} aria-hidden />
      <span className="sr-only">{kind}</span>
    </span>
  )
}
