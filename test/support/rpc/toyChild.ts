import { processWire } from '../../../src/shared/wire.ts'
import { toyServer } from './toy.ts'

const wire = processWire(process)
toyServer().attach(wire)
wire.onClose(() => process.exit(0))
wire.send({ hello: true })
