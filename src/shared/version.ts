import about from '../../package.json' with { type: 'json' }

/** Of this program, as in package.json. */
export const version: string = about.version

/** Raised with every change of the frames or the contract that an older process or page would not understand. */
export const protocolVersion = 2
