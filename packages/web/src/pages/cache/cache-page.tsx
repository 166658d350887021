import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '../../data/may.ts'
import { Button } from '../../ui/button.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { CacheCharts } from './cache-charts.tsx'
import { CacheFigures } from './cache-figures.tsx'
import { CacheModels } from './cache-models.tsx'
import { MatchList } from './match-list.tsx'
import { NoCache } from './no-cache.tsx'
import { PurgeDialog } from './purge-dialog.tsx'
import { useCache } from './use-cache.ts'

/** What to purge: an alias, or everything. */
type Purging = { model: string | undefined }

/** Which answers were given again, what that saved, and whether they were right. */
export function CachePage() {
  const { figures, timeline, models } = useCache()
  const mayWrite = useMay()('cache:write')
  const [purging, setPurging] = useState<Purging>()
  const isUnused = models.data?.length === 0
  return (
    <Page>
      <PageHeader
        title="Cache"
        question="Which answers were given again, what that saved, and whether they were right."
        action={
          mayWrite &&
          !isUnused && (
            <Button onClick={() => setPurging({ model: undefined })}>
              <Trash2 size={14} aria-hidden />
              Purge all
            </Button>
          )
        }
      />
      {isUnused ? (
        <NoCache />
      ) : (
        <>
          <CacheFigures figures={figures} />
          <CacheCharts timeline={timeline} />
          <Panel title="By alias" description="Calls that asked the cache in this time.">
            <Loaded query={models} skeleton={<SkeletonRows rows={3} />}>
              {(list) => <CacheModels models={list} {...(mayWrite && { onPurge: (model: string) => setPurging({ model }) })} />}
            </Loaded>
          </Panel>
          <MatchList mayWrite={mayWrite} />
        </>
      )}
      {purging && <PurgeDialog model={purging.model} onClose={() => setPurging(undefined)} />}
    </Page>
  )
}
