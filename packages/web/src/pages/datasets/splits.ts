import type { DatasetSplit } from '@signalbox/schema'

export const SPLITS: readonly DatasetSplit[] = ['train', 'validation', 'test', 'holdout']
export const isSplit = (text: string | undefined): text is DatasetSplit => SPLITS.some((split) => split === text)
/** For choosing one, or none. */
export const SPLIT_CHOICES: readonly { value: DatasetSplit | ''; label: string }[] = [
  { value: '', label: 'No split' },
  ...SPLITS.map((split) => ({ value: split, label: split })),
]
