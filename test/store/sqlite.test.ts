import { sqlite } from '../../doubles/run/stores.ts'
import { storeContract } from './contract.ts'

storeContract(sqlite.name, sqlite.open)
