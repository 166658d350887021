import { SkeletonRows } from '../ui/skeleton.tsx'

/** Stands where a page will be, if its code or its session takes longer than a blink. */
export function RoutePending() {
  return (
    <div className="px-3 py-6">
      <SkeletonRows rows={12} />
    </div>
  )
}
