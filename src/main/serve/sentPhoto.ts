/** A photo whose bytes were sent: it is answered by the name that its sender gave it, and forgotten. */
import type { Output } from '../../shared/rpc.ts'
import type { contract } from '../../shared/contract.ts'
import { plainError, ThawError } from '../../shared/errors.ts'

type Answered = Output<typeof contract, 'classify'>

/**
 * The answer for a photo without the place that it had here for a moment, which is nobody's to read and gone by now.
 * @param file where it lay @param name as its sender named it
 */
export function asSent(answered: Answered, file: string, name: string): Answered {
  const named = (text: string | number) => (text === file ? name : text)
  const photos = answered.photos.map(({ path, error, ...rest }) => ({
    ...rest,
    path: String(named(path)),
    error:
      error &&
      plainError(
        new ThawError(
          error.code,
          Object.fromEntries(Object.entries(error.parameters).map(([key, text]) => [key, named(text)])),
        ),
      ),
  }))
  return { ...answered, photos }
}
