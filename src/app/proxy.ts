import { Agent } from 'node:https'
import { EnvHttpProxyAgent, setGlobalDispatcher } from 'undici'

/** The proxy that calls to the outside go through. */
export interface ProxyConfig {
  readonly url: string
  /** Hosts that are reached without it, as in `NO_PROXY`. */
  readonly except: string
}

/** What makes connections go through it, in the two shapes that the platforms' libraries take. */
export interface ThroughProxy {
  readonly dispatcher: EnvHttpProxyAgent
  readonly agent: Agent
}

/**
 * From now on every `fetch` of this process, and whatever else asks undici, goes to https: through this proxy, by
 * CONNECT. WebSockets need what it returns.
 */
export function throughProxy({ url, except }: ProxyConfig): ThroughProxy {
  const dispatcher = new EnvHttpProxyAgent({ httpProxy: '', httpsProxy: url, noProxy: except })
  setGlobalDispatcher(dispatcher)
  return { dispatcher, agent: new Agent({ proxyEnv: { HTTPS_PROXY: url, NO_PROXY: except } }) }
}
