import { redis, redisCluster } from '../../doubles/run/stores.ts'
import { storeContract } from './contract.ts'

storeContract(redis.name, redis.open)
storeContract(redisCluster.name, redisCluster.open)
