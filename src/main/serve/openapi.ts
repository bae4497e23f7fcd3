import type { z } from 'zod'
import { PlainFailure } from '../../shared/api/errors.ts'
import type { ProgramCallName } from '../../shared/api/programs.ts'
import { programCallNames, programCalls } from '../../shared/api/programs.ts'
import { contract } from '../../shared/contract.ts'
import { version } from '../../shared/version.ts'
import type { Json } from './schema.ts'
import { jsonSchemaOf } from './schema.ts'

/** `filing.plan` is asked at `/api/filing/plan`. */
export const pathOf = (name: ProgramCallName): string => `/api/${name.replaceAll('.', '/')}`

/** `filingPlan`. */
const operationOf = (name: string): string =>
  name.replaceAll(/\.(\w)/g, (_, first: string) => first.toUpperCase())

/** What a schema calls its own parts is moved to the document's components, under a name of its own. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', name: string, components: Json): Json {
  const { $defs = {}, ...own } = jsonSchemaOf(schema, io) as Json & { $defs?: Json }
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) =>
        key === '$ref' && typeof inner === 'string'
          ? [key, inner.replace('#/$defs/', `#/components/schemas/${name}`)]
          : [key, rename(inner)],
      ),
    )
  }
  for (const [key, part] of Object.entries($defs)) components[`${name}${key}`] = rename(part)
  return rename(own) as Json
}

const json = (schema: Json) => ({ 'application/json': { schema } })
const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` })

/** Photos' own bytes instead of their paths. */
const bytesBody = { schema: { type: 'string', format: 'binary', description: 'One photo' } }
const bytesParameters = [
  { name: 'name', in: 'query', schema: { type: 'string' }, description: 'With bytes: the photo’s name' },
  { name: 'run', in: 'query', schema: { type: 'string' }, description: 'With bytes: the run that answers' },
  {
    name: 'top',
    in: 'query',
    schema: { type: 'integer', minimum: 1, maximum: 100 },
    description: 'With bytes',
  },
]

function operation(name: ProgramCallName, components: Json): Json {
  const { summary } = programCalls[name]
  const { input, output } = contract.calls[name]
  const id = operationOf(name)
  components[`${id}Input`] = schemaOf(input, 'input', `${id}Input`, components)
  components[`${id}Output`] = schemaOf(output, 'output', `${id}Output`, components)
  const takesBytes = name === 'classify'
  const failure = (description: string) => ({ description, content: json(reference('Failure')) })
  return {
    operationId: id,
    summary,
    ...(takesBytes && { parameters: bytesParameters }),
    requestBody: {
      required: true,
      content: {
        ...json(reference(`${id}Input`)),
        ...(takesBytes && { 'application/octet-stream': bytesBody }),
      },
    },
    responses: {
      200: { description: 'Done', content: json(reference(`${id}Output`)) },
      401: failure('The key is missing or wrong'),
      default: failure('It failed; the code says why'),
    },
  }
}

/** The HTTP API as an OpenAPI 3.1 document, derived from the contract. */
export function openApi(): Json {
  const schemas: Json = { Failure: schemaOf(PlainFailure, 'output', 'Failure', {}) }
  const paths = Object.fromEntries(
    programCallNames.map((name) => [pathOf(name), { post: operation(name, schemas) }]),
  )
  return {
    openapi: '3.1.0',
    info: {
      title: 'Thaw',
      version,
      description: 'Classifies photos on this machine, and files them by lists that were shown first.',
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    paths,
    components: { schemas, securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  }
}
