import { sqlite } from '../fixtures/stores.ts'
import { storeContract } from './contract.ts'

storeContract(sqlite.name, sqlite.open)
