import { openPglite } from '../store/sql/pglite.ts'
import { promptContract } from './contract.case.ts'

promptContract(() => openPglite('memory'))
