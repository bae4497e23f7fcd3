import type { Session } from 'electron'
import { protocol } from 'electron'
import type { Host } from './host/host.ts'
import { answerRequest } from './host/resources.ts'
import { appScheme, isOurs } from './origin.ts'

/** Once, before the app is ready. Never `bypassCSP`. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: appScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ])
}

/**
 * Answers pages, pictures (`/thumb/ID`), downloads and uploads: the same as serve mode answers over HTTP. Pictures have opaque
 * ids; no address leads to a path.
 */
export function answerScheme(session: Session, host: Host, renderer: string): void {
  session.protocol.handle(appScheme, (request) =>
    isOurs(request.url) ? answerRequest(host, renderer, request) : new Response(null, { status: 404 }),
  )
}
