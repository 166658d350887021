import { accessibility } from './accessibility.case.ts'
import { configuration } from './configuration.case.ts'
import { firstSteps } from './first-steps.case.ts'
import { observing } from './observing.case.ts'
import { prompting } from './prompting.case.ts'
import { serving } from './serving.case.ts'
import { weight } from './weight.case.ts'
import { useWorld } from './world.ts'

const world = useWorld()

// In the order of a person's first day: the project is empty until the first steps have been taken.
firstSteps(world)
observing(world)
configuration(world)
serving(world)
prompting(world)
accessibility(world)
weight(world)
