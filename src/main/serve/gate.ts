import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { nameIn } from './names.ts'

/** Compares in a time that does not depend on where they differ. */
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

const secret = (): string => randomBytes(24).toString('base64url')

function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
  return pairs.find(([key]) => key === name)?.[1]
}

/** Addresses that nobody has opened yet; the oldest is forgotten when there are more. */
const mostTokens = 16

/**
 * Who may use this server. A person opens an address that was printed: its token is good for one thing, once, to be exchanged for
 * a cookie that no script can read and no other site can send. A program sends the server's key with each request.
 */
export class Gate {
  /** `Authorization: Bearer KEY`, for programs. */
  readonly apiToken = secret()
  private readonly session = secret()
  private readonly tokens: string[] = []
  private readonly names: ReadonlySet<string>
  private readonly cookie: string

  /**
   * `names`: under which the server is reached, whatever the port: a tunnel has another one. `place` tells servers apart in the
   * cookie's name, since cookies ignore ports.
   */
  constructor(names: readonly string[], place: string) {
    this.names = new Set(names.map((name) => name.toLowerCase()))
    this.cookie = `thaw-${createHash('sha256').update(place).digest('hex').slice(0, 12)}`
  }

  /** A page of another site, or a name that was made to point here, has another Host or Origin. */
  isForeign({ headers }: IncomingMessage): boolean {
    const { host, origin } = headers
    const name = host === undefined ? undefined : nameIn(host)
    if (name === undefined || !this.names.has(name)) return true
    // https where somebody has put a proxy with a certificate before this server.
    return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`
  }

  /** A token for one more address. */
  newToken(): string {
    const token = secret()
    this.tokens.push(token)
    if (this.tokens.length > mostTokens) this.tokens.shift()
    return token
  }

  /** Whether the token is good. From now on it is not. */
  takeToken(token: string): boolean {
    const index = this.tokens.findIndex((one) => equal(one, token))
    if (index >= 0) this.tokens.splice(index, 1)
    return index >= 0
  }

  /** The header that gives the cookie. */
  get setCookie(): string {
    return `${this.cookie}=${this.session}; HttpOnly; SameSite=Strict; Path=/`
  }

  /** Whether a program shows the key. */
  hasKey({ headers }: IncomingMessage): boolean {
    const key = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
    return key !== undefined && equal(key, this.apiToken)
  }

  knows(request: IncomingMessage): boolean {
    const cookie = cookieOf(request, this.cookie)
    return (cookie !== undefined && equal(cookie, this.session)) || this.hasKey(request)
  }
}
