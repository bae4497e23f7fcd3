/**
 * Loaded into a process before anything else (NODE_OPTIONS=--import): whatever would leave this machine is written down in the
 * file that NETWORK_RECORD names, and refused.
 */
import { appendFileSync } from 'node:fs'
import dgram from 'node:dgram'
import dns from 'node:dns'
import net from 'node:net'

const here = new Set(['127.0.0.1', '::1', 'localhost', undefined])

function note(what) {
  appendFileSync(process.env.NETWORK_RECORD, `${what}\n`)
}

function refuse(what) {
  note(what)
  return Object.assign(new Error(`refused: ${what}`), { code: 'ECONNREFUSED' })
}

const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (...given) {
  // net.connect() has put its arguments into one array already.
  const [options] = Array.isArray(given[0]) ? given[0] : given
  const isPath = typeof options === 'string' || options?.path !== undefined
  const host = typeof options === 'object' ? options?.host : given[1]
  if (isPath || here.has(typeof host === 'string' ? host : undefined)) return connect.apply(this, given)
  note(`connect ${host}`)
  // Where nobody listens it fails as a connection does.
  return connect.call(this, { host: '127.0.0.1', port: 1 })
}

for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  const real = dns[name]
  dns[name] = (host, ...more) => {
    if (here.has(host)) return real(host, ...more)
    return more.at(-1)(refuse(`${name} ${host}`))
  }
}

const { send } = dgram.Socket.prototype
dgram.Socket.prototype.send = function (...given) {
  const host = given.find((one) => typeof one === 'string' && /[.:]/.test(one))
  if (here.has(host)) return send.apply(this, given)
  throw refuse(`send ${host}`)
}
