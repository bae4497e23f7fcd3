import { z } from 'zod'

export type Json = Record<string, unknown>

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

/** Where a part takes anything, it says so in its place: no reference to a part of its own, and no further choices beside it. */
function withoutEmptyParts(value: unknown, parts: Json): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutEmptyParts(one, parts))
  if (typeof value !== 'object' || value === null) return value
  const { $ref } = value as { $ref?: unknown }
  if (typeof $ref === 'string' && isEmpty(parts[$ref.replace('#/$defs/', '')])) return {}
  const told = Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, withoutEmptyParts(one, parts)]),
  )
  if (Array.isArray(told['anyOf']) && told['anyOf'].some(isEmpty)) delete told['anyOf']
  return told
}

/**
 * The contract's schema as JSON Schema, as other programs read it. What has two ways of being said is said as code generators know it,
 * some of which stop at the other: a tuple's length as numbers rather than as `items: false`, a record of known keys as properties, any
 * JSON as the empty schema rather than as one that contains itself.
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const told = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // `z.json()`; no other schema of the contract is a lazy one.
      if (zodSchema._zod.def.type === 'lazy')
        for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key)
      if (jsonSchema.prefixItems !== undefined && jsonSchema.items === false) delete jsonSchema.items
      const { propertyNames, required, additionalProperties } = jsonSchema
      const isRecord = propertyNames !== undefined && jsonSchema.properties === undefined
      if (!isRecord || required === undefined || additionalProperties === undefined) return
      jsonSchema.properties = Object.fromEntries(required.map((key) => [key, additionalProperties]))
      jsonSchema.additionalProperties = false
      delete jsonSchema.propertyNames
    },
  }) as Json & { $defs?: Json }
  delete told['$schema']
  const { $defs = {}, ...own } = withoutEmptyParts(told, told.$defs ?? {}) as Json & { $defs?: Json }
  const parts = Object.entries($defs).filter(([, part]) => !isEmpty(part))
  return parts.length === 0 ? own : { ...own, $defs: Object.fromEntries(parts) }
}
