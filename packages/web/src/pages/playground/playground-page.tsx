import { useQuery } from '@tanstack/react-query'
import { FlaskConical, Link2, Play, Square } from 'lucide-react'
import { lazy, Suspense, useMemo } from 'react'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { modelsQuery } from '../../data/queries.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { copyAndTell } from '../../ui/copy.tsx'
import { ErrorNote, toastError } from '../../ui/error-note.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Menu, MenuHeading, MenuItem } from '../../ui/menu.tsx'
import { PageHeader } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { close, emptyColumn } from './columns.ts'
import { NoPlayground } from './no-playground.tsx'
import { writeState } from './share-link.ts'
import { titleOf } from './technique-titles.ts'
import { stateOf, TECHNIQUES, type Technique } from './techniques.ts'
import { usePageKeys } from './use-page-keys.ts'
import { usePlayground } from './use-playground.ts'
import { isRunning, useRuns } from './use-runs.ts'

/** The editor and its engines: shown once something is asked. */
const Columns = lazy(() => import('./columns-view.tsx'))

/** What do these prompts, models and parameters answer? Up to six ways to ask, side by side. */
export function PlaygroundPage() {
  const project = useProject()
  const may = useMay()
  const models = useQuery(modelsQuery(project))
  // Where the models cannot be read, a column begins without one.
  const firstModel = models.data ? (models.data[0]?.name ?? 'simulator/echo') : models.error ? '' : undefined
  const { playground, problem, isTooLong, change, begin, isEmptyAddress } = usePlayground(project, firstModel)
  const runs = useRuns(project)
  const whyNot = may('gateway:call') ? undefined : 'Your role in this project may not make calls. Ask an admin or an owner.'
  const columns = playground?.columns ?? []
  const variables = useMemo(() => playground?.variables ?? {}, [playground])
  const anyRunning = columns.some(({ key }) => isRunning(runs.states[key]))
  const route = columns.at(-1)?.content.model?.route ?? firstModel ?? ''
  const start = (technique: Technique) => begin(stateOf(technique, route))

  const runOne = (key: string) => {
    const column = columns.find((one) => one.key === key)
    if (column && whyNot === undefined) runs.start({ column, variables })
  }
  const runAll = () => {
    for (const { key } of columns) runOne(key)
  }
  async function share() {
    if (!playground) return
    try {
      const state = close(playground)
      const s = await writeState(state)
      const search = s === null ? `saved=${(await clientFor(project).playgrounds.create({ state })).id}` : `s=${s}`
      copyAndTell(`${location.origin}${location.pathname}?${search}`, 'Link to this playground')
    } catch (error) {
      toastError(error)
    }
  }
  usePageKeys({ runAll, runOne, stop: () => runs.stop() })

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div className="h-full overflow-y-auto outline-none focus-visible:outline-2 focus-visible:-outline-offset-2" tabIndex={0}>
      <div className="flex flex-col gap-4 px-6 py-5">
        <PageHeader
          title="Playground"
          question="What do these prompts, models and parameters answer? Every run is a call through the gateway, with a trace."
          action={
            playground && (
              <>
                <Menu
                  align="end"
                  trigger={
                    <Button>
                      <FlaskConical size={14} aria-hidden /> Techniques
                    </Button>
                  }
                >
                  <MenuHeading>Begin anew with an example</MenuHeading>
                  {TECHNIQUES.map((technique) => (
                    <MenuItem key={technique.id} onClick={() => start(technique)}>
                      {titleOf(technique.id)}
                    </MenuItem>
                  ))}
                </Menu>
                <Button onClick={() => void share()}>
                  <Link2 size={14} aria-hidden /> Share
                </Button>
                {anyRunning ? (
                  <Button onClick={() => runs.stop()}>
                    <Square size={12} aria-hidden /> Stop all <Kbd>Mod</Kbd>
                    <Kbd>.</Kbd>
                  </Button>
                ) : (
                  <Button kind="primary" onClick={runAll} disabled={whyNot !== undefined} {...(whyNot && { 'data-tip': whyNot })}>
                    <Play size={12} aria-hidden /> {columns.length > 1 ? 'Run all' : 'Run'} <Kbd>Mod</Kbd>
                    <Kbd>⏎</Kbd>
                  </Button>
                )}
              </>
            )
          }
        />
        {problem !== null && <ErrorNote error={problem} />}
        {isTooLong && (
          <p className="text-sm text-warning">This is too long for its address: a reload forgets it. Share keeps it under a link.</p>
        )}
        <datalist id="playground-models">
          {(models.data ?? []).map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        {playground ? (
          <Suspense fallback={<SkeletonRows rows={6} />}>
            <Columns project={project} playground={playground} runs={runs} whyNot={whyNot} onChange={change} onRun={runOne} />
          </Suspense>
        ) : isEmptyAddress || problem !== null ? (
          <NoPlayground
            isReady={firstModel !== undefined}
            onChoose={start}
            onEmpty={() => begin({ columns: [emptyColumn(firstModel ?? '')], variables: {} })}
          />
        ) : (
          <SkeletonRows rows={6} />
        )}
      </div>
    </div>
  )
}
