/** A fault that somebody might make and that would do harm in silence. */
export interface PlantedFault {
  name: string
  file: string
  from: string
  to: string
  tests: string[]
}

/** One change of one line of `src/FILE`, with the tests that have to notice. */
export const fault = (
  name: string,
  file: string,
  from: string,
  to: string,
  ...tests: string[]
): PlantedFault => ({
  name,
  file: `src/${file}`,
  from,
  to,
  tests: tests.map((test) => `test/${test}.test.ts`),
})
