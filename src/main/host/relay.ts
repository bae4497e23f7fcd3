import { contract } from '../../shared/contract.ts'
import type { CallName, CallsOf, Handlers } from '../../shared/rpc.ts'
import type { InnerClient, Part } from './child.ts'

type Contract = typeof contract
type RelayedCall = CallsOf<Contract, Part>
export type HostHandlers = Handlers<Contract, CallsOf<Contract, 'host'>>

const names = Object.keys(contract.calls) as CallName<Contract>[]
const isRelayed = (name: CallName<Contract>): name is RelayedCall => contract.calls[name].owner !== 'host'

/** A handler for every call of the children's: it hands input, progress, cancelling, output and errors on. */
export function relays(clientOf: (part: Part) => Promise<InnerClient>): Handlers<Contract, RelayedCall> {
  const relayed = names.filter(isRelayed).map((name) => {
    const handler = async (
      input: never,
      context: { signal: AbortSignal; progress: (item: never) => void },
    ) => {
      const client = await clientOf(contract.calls[name].owner)
      return client.call(name, input, { signal: context.signal, onProgress: context.progress as never })
    }
    return [name, handler]
  })
  return Object.fromEntries(relayed) as Handlers<Contract, RelayedCall>
}
