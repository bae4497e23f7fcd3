/** A test file is an entry point too: what it stubs in `process.env` is what the engine gets. */
import { enter } from '../../src/main/engine/environment.ts'

enter(process.env)
