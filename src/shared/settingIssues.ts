import type { z } from 'zod'
import { because } from './reasons.ts'

/** What a value that was written by hand has to be, as the parameters of `config.invalid` and `plan.invalid`. */
type Why = ReturnType<typeof because<Record<string, string | number>>>

function whyNot(issue: z.core.$ZodIssue, setting: string): Why {
  switch (issue.code) {
    case 'invalid_type':
      return because('setting-type', { setting, wanted: issue.expected })
    case 'too_small':
      return because(issue.inclusive ? 'setting-least' : 'setting-above', {
        ...{ setting, limit: Number(issue.minimum) },
      })
    case 'too_big':
      return because(issue.inclusive ? 'setting-most' : 'setting-below', {
        ...{ setting, limit: Number(issue.maximum) },
      })
    case 'invalid_value':
      return because('setting-known', { setting, known: issue.values.map(String).join(', ') })
    case 'unrecognized_keys':
      return because('setting-unknown', { setting })
    default:
      return because('setting-other', { setting })
  }
}

/** The setting's place in the file, or those of settings that there are not. */
function placeOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return issue.path.join('.') || '{}'
  return issue.keys.map((key) => [...issue.path, key].join('.')).join(', ')
}

/** The reason why settings or a plan were refused: what one value has to be, or which values they are. */
export function reasonOf({ issues }: z.ZodError): Why {
  const [first, ...others] = issues
  return others.length === 0
    ? whyNot(first!, placeOf(first!))
    : because('settings-other', { settings: issues.map(placeOf).join(', ') })
}
