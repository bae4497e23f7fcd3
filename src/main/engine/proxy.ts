import { setGlobalProxyFromEnv } from 'node:http'

/** Work that goes through a proxy now, and what puts back how connections were made before the first of it. */
let proxied = 0
let withoutProxy: (() => void) | undefined
let current: string | undefined

/** Where connections go through now, for other programs that fetch something for us. */
export const proxyNow = (): string | undefined => current

/** Sends the connections of this process through a proxy for as long as the work takes. @param proxy null: as the environment says */
export async function throughProxy<T>(proxy: string | null, work: () => Promise<T>): Promise<T> {
  const restore = proxy === null ? undefined : useProxy(proxy)
  try {
    return await work()
  } finally {
    restore?.()
  }
}

/** @returns what ends it, once nobody else's work needs it */
function useProxy(proxy: string): () => void {
  const before = setGlobalProxyFromEnv({
    ...{ http_proxy: proxy, https_proxy: proxy, no_proxy: 'localhost,127.0.0.1,::1' },
  })
  current = proxy
  proxied += 1
  // What later ones would put back is the proxy of those before.
  withoutProxy ??= before
  return () => {
    proxied -= 1
    if (proxied > 0) return
    withoutProxy?.()
    withoutProxy = undefined
    current = undefined
  }
}
