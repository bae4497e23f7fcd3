import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const cookieName = 'thaw'

/** Compares in a time that does not depend on where they differ. */
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
  return pairs.find(([key]) => key === name)?.[1]
}

/**
 * Who may use this server: whoever has the address that was printed. Its token is good for one thing, to be exchanged for a
 * cookie that no script can read and no other site can send.
 */
export class Gate {
  readonly token = randomBytes(24).toString('base64url')
  private readonly secret = randomBytes(24).toString('base64url')
  private readonly hosts: ReadonlySet<string>
  private readonly cookie: string

  /** `names`: host names under which the server is reached. The port is part of the cookie's name: two servers are two. */
  constructor(names: readonly string[], port: number) {
    this.hosts = new Set(names.map((name) => `${name}:${port}`))
    this.cookie = `${cookieName}-${port}`
  }

  /** A page of another site, or a name that was made to point here, has another Host or Origin. */
  isForeign({ headers }: IncomingMessage): boolean {
    if (headers.host === undefined || !this.hosts.has(headers.host)) return true
    const { origin } = headers
    return origin !== undefined && origin !== `http://${headers.host}`
  }

  isToken(token: string): boolean {
    return equal(token, this.token)
  }

  /** The header that gives the cookie. */
  get setCookie(): string {
    return `${this.cookie}=${this.secret}; HttpOnly; SameSite=Strict; Path=/`
  }

  knows(request: IncomingMessage): boolean {
    const cookie = cookieOf(request, this.cookie)
    return cookie !== undefined && equal(cookie, this.secret)
  }
}
