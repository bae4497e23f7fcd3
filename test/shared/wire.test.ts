import { expect, it } from 'vitest'
import { bridgeWire } from '../../src/shared/wire.ts'

it('The bridge gets plain data, whatever a page hands over: Electron clones no proxy', () => {
  const sent: unknown[] = []
  const wire = bridgeWire({
    // structuredClone refuses what Electron's bridge refuses.
    send: (frame) => void sent.push(structuredClone(frame)),
    onFrame: () => () => undefined,
  })
  const classes = new Proxy([1, 2], {})
  wire.send({ type: 'call', id: 1, call: 'datasets.photos', input: { classes, search: undefined } })
  expect(sent).toEqual([{ type: 'call', id: 1, call: 'datasets.photos', input: { classes: [1, 2] } }])
})
