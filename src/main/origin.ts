/** The scheme and host of our own pages. */
export const appScheme = 'app'
export const appHost = 'thaw'
export const appAddress = `${appScheme}://${appHost}/`

/**
 * Whether an address is one of our pages. By parts: the `origin` of a scheme that Node does not know is the text 'null', which
 * would equal that of every other such scheme.
 */
export function isOurs(address: string): boolean {
  const url = URL.parse(address)
  return url?.protocol === `${appScheme}:` && url.host === appHost
}
