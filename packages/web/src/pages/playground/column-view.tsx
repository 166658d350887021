import type { PromptContent, PromptMessage } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { Copy, MoreHorizontal, Play, Plus, Save, Square, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useMay } from '../../data/may.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import { Input } from '../../ui/input.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { TemplateEditor } from '../prompts/editor/template-editor.tsx'
import { type Column, isLinked, isUnchanged } from './columns.ts'
import { KeepButton } from './keep-button.tsx'
import { MessageBox } from './message-box.tsx'
import { ParametersButton } from './parameters.tsx'
import type { RunState } from './run.ts'
import { RunFactsLine } from './run-facts-line.tsx'
import { RunView } from './run-view.tsx'
import { ToolsSection } from './tools-section.tsx'
import { isRunning } from './use-runs.ts'

const SaveVersion = lazy(() => import('./save-version.tsx'))

type Props = {
  project: string
  letter: string
  column: Column
  variables: Readonly<Record<string, string>>
  state: RunState | undefined
  whyNot: string | undefined
  onChange: (change: Partial<Column>) => void
  onRun: () => void
  onStop: () => void
  onAnswer: (callId: string, text: string) => void
  /** Missing where there is no room for one more. */
  onDuplicate: (() => void) | undefined
  /** Missing where it is the only one. */
  onRemove: (() => void) | undefined
}

/** One way to ask and what came of it. */
export function ColumnView(props: Props) {
  const { project, letter, column, variables, state, whyNot, onChange, onRun, onStop, onAnswer, onDuplicate, onRemove } = props
  const { content, mocks } = column
  const running = isRunning(state)
  const may = useMay()
  const [saving, setSaving] = useState(false)
  const setContent = (change: Partial<PromptContent>) => onChange({ content: { ...content, ...change } })
  const setModel = (change: NonNullable<PromptContent['model']>) => setContent({ model: { ...content.model, ...change } })
  return (
    <section
      aria-label={`Column ${letter}`}
      data-column={column.key}
      className="flex min-w-0 flex-col rounded-md border border-line bg-surface-1"
    >
      <header className="flex h-10 items-center gap-2 border-b border-line px-2.5">
        <h2 className="font-semibold">{letter}</h2>
        <PromptOf project={project} column={column} />
        <span className="ml-auto flex items-center gap-1">
          {running ? (
            <Button size="small" onClick={onStop} aria-label={`Stop ${letter}`}>
              <Square size={11} aria-hidden /> Stop
            </Button>
          ) : (
            <Button
              size="small"
              onClick={onRun}
              disabled={whyNot !== undefined}
              aria-label={`Run ${letter}`}
              data-tip={whyNot ?? 'Run this column  Mod+Shift+Enter'}
            >
              <Play size={11} aria-hidden /> Run
            </Button>
          )}
          <Menu
            align="end"
            trigger={
              <IconButton label={`More for ${letter}`} size="small-icon">
                <MoreHorizontal size={15} />
              </IconButton>
            }
          >
            {may('prompts:write') && (
              <MenuItem icon={<Save size={14} />} onClick={() => setSaving(true)}>
                Save as version
              </MenuItem>
            )}
            <MenuItem icon={<Copy size={14} />} onClick={() => onDuplicate?.()} disabled={!onDuplicate}>
              Copy beside it
            </MenuItem>
            <MenuItem icon={<Trash2 size={14} />} onClick={() => onRemove?.()} disabled={!onRemove}>
              Remove the column
            </MenuItem>
          </Menu>
        </span>
      </header>
      {saving && (
        <Suspense>
          <SaveVersion
            project={project}
            name={column.prompt?.name ?? ''}
            content={content}
            onSaved={onChange}
            onClose={() => setSaving(false)}
          />
        </Suspense>
      )}
      <div className="flex flex-col gap-2.5 p-2.5">
        <div className="flex min-w-0 flex-col gap-1">
          <Input
            aria-label={`Model of ${letter}`}
            value={content.model?.route ?? ''}
            list="playground-models"
            placeholder="An alias, or provider/model"
            onChange={({ target }) => setModel({ route: target.value })}
            autoComplete="off"
            spellCheck={false}
            className="font-mono text-sm"
          />
          <div className="-ml-1 flex min-w-0 items-center gap-1">
            <ParametersButton
              letter={letter}
              parameters={content.model?.parameters ?? {}}
              onChange={(parameters) => setModel({ parameters })}
            />
          </div>
        </div>
        <Messages letter={letter} content={content} onChange={setContent} />
        <ToolsSection letter={letter} column={column} onChange={onChange} />
      </div>
      {state && (
        <section aria-label={`Answer of ${letter}`} className="border-t border-line">
          <ErrorBoundary>
            <RunView
              letter={letter}
              state={state}
              onAnswer={(call, text, keep) => {
                if (keep) onChange({ mocks: { ...mocks, [call.name]: text } })
                onAnswer(call.id, text)
              }}
            />
          </ErrorBoundary>
          <footer className="flex items-start gap-2 border-t border-line px-2.5 py-1.5">
            <div className="min-w-0 flex-1">
              <RunFactsLine project={project} state={state} />
            </div>
            <KeepButton project={project} letter={letter} column={column} variables={variables} state={state} />
          </footer>
        </section>
      )}
    </section>
  )
}

/** Which version of which prompt the column began with, and whether it still is that. */
function PromptOf({ project, column }: { project: string; column: Column }) {
  const { prompt } = column
  if (!prompt) return null
  return (
    <>
      <Link
        to="/p/$project/prompts/$"
        params={{ project, _splat: prompt.name }}
        search={{ version: String(prompt.version) }}
        className="min-w-0 truncate text-accent hover:underline"
      >
        {prompt.name} <span className="tabular">v{prompt.version}</span>
      </Link>
      {!isUnchanged(column) ? (
        <Badge tip="It is not what the version says any more. Its runs are not linked to it.">changed</Badge>
      ) : (
        !isLinked(column) && (
          <Badge tip="A text with tools is sent as it is written: its runs are not linked to the version.">not linked</Badge>
        )
      )}
    </>
  )
}

type MessagesProps = { letter: string; content: PromptContent; onChange: (change: Partial<PromptContent>) => void }
function Messages({ letter, content, onChange }: MessagesProps) {
  const { engine, type, text = '', messages = [], examples } = content
  if (type === 'text')
    return (
      <TemplateEditor label={`Text of ${letter}`} language={engine} value={text} onChange={(next) => onChange({ text: next })} rows={4} />
    )
  const set = (at: number, message: PromptMessage) => onChange({ messages: messages.with(at, message) })
  const last = messages.at(-1)
  const nextRole = last && last.type !== 'placeholder' && last.role === 'user' ? 'assistant' : 'user'
  return (
    <div className="flex flex-col gap-2.5">
      {messages.map((message, at) => (
        <MessageBox
          // biome-ignore lint/suspicious/noArrayIndexKey: messages have no names, and are only added at the end.
          key={at}
          label={`message ${at + 1} of ${letter}`}
          engine={engine}
          message={message}
          onChange={(next) => set(at, next)}
          onRemove={messages.length > 1 ? () => onChange({ messages: messages.toSpliced(at, 1) }) : undefined}
        />
      ))}
      {examples && (
        <p className="text-sm text-faint">
          {Array.isArray(examples)
            ? `${examples.length} examples go before the last question: ${examples
                .map(({ output }) => output)
                .join(' · ')
                .slice(0, 120)}`
            : `Examples of the dataset ${examples.dataset} go before the last question.`}
        </p>
      )}
      <Button
        size="small"
        kind="ghost"
        className="self-start px-1.5 font-normal"
        onClick={() => onChange({ messages: [...messages, { role: nextRole, content: '' }] })}
      >
        <Plus size={13} aria-hidden /> Message
      </Button>
    </div>
  )
}
