import { useQuery } from '@tanstack/react-query'
import { UserCheck } from 'lucide-react'
import { approvalsQuery } from '../../../data/prompts.ts'
import { useProject } from '../../../data/view.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Loaded } from '../../../ui/panel.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { ApprovalCard } from './approval-card.tsx'
import { Protections } from './protections.tsx'

/** What waits for a second person, what was decided, and which labels need one. Loaded when it is asked for. */
export default function Approvals() {
  const approvals = useQuery(approvalsQuery(useProject()))
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-4 px-6 py-4">
      <Loaded query={approvals} skeleton={<SkeletonRows />}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState icon={UserCheck} title="Nobody asked for anything">
              Where a label needs a second person, moving it is asked for in the dialog “Promote”, and decided here.
            </EmptyState>
          ) : (
            list
              .toSorted((a, b) => Number(b.status === 'open') - Number(a.status === 'open'))
              .map((approval) => <ApprovalCard key={approval.id} approval={approval} />)
          )
        }
      </Loaded>
      <Protections />
    </div>
  )
}
