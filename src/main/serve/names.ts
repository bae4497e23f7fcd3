import os from 'node:os'

const loopback = ['127.0.0.1', 'localhost', '[::1]']
const everywhere = ['0.0.0.0', '::']

/** As an address has it: numbers of IPv6 stand in brackets. */
export const inAddress = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** The name of a Host header ("localhost:8479", "[::1]:80", "photos.example"), without its port; undefined if it is none. */
export function nameIn(host: string): string | undefined {
  const name = /^(\[[\da-f:.]+\]|[^:/\s[\]]+)(:\d{1,5})?$/i.exec(host)?.[1]
  return name?.toLowerCase()
}

/** This machine's addresses in its networks, those of IPv4 first. */
function ownAddresses(): string[] {
  const all = Object.values(os.networkInterfaces()).flatMap((one) => one ?? [])
  const outside = all.filter(({ internal }) => !internal)
  const of = (family: string) => outside.filter((one) => one.family === family).map((one) => one.address)
  return [...of('IPv4'), ...of('IPv6')]
}

export const isEverywhere = (host: string): boolean => everywhere.includes(host)

/** Whether only this machine can reach what listens there. */
export const isLocal = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)

/** The name by which this machine itself reaches what listens on `host`, as an address has it. */
export const nameFromHere = (host: string): string => inAddress(isEverywhere(host) ? '127.0.0.1' : host)

/** The name to put into the address that a person opens. */
export const nameToPrint = (host: string): string =>
  inAddress(isEverywhere(host) ? (ownAddresses()[0] ?? '127.0.0.1') : host)

/**
 * Every name under which a server on `host` may be asked for; a Host header with any other comes from a page that was made to
 * point here. `more`: what the person says that it is called besides, for instance by a proxy.
 */
export function namesOf(host: string, more: readonly string[]): string[] {
  const own = isEverywhere(host)
    ? [...ownAddresses().map(inAddress), os.hostname(), `${os.hostname()}.local`]
    : [inAddress(host)]
  return [...loopback, ...own, ...more.map((name) => nameIn(name) ?? name)]
}
