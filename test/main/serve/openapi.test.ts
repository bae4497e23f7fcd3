import { expect, test } from 'vitest'
import { openApi } from '../../../src/main/serve/openapi.ts'
import { FilePath } from '../../../src/shared/api/call.ts'
import { contract } from '../../../src/shared/contract.ts'

type Json = Record<string, unknown>

function* objectsIn(value: unknown): Generator<Json> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield value as Json
  for (const inner of Object.values(value)) yield* objectsIn(inner)
}

const document = openApi()
const { schemas } = document['components'] as { schemas: Record<string, Json> }
const objects = [...objectsIn(document)]

test('A tuple tells its length by numbers, since generators stop at a schema that is false', () => {
  const tuples = objects.filter((it) => 'prefixItems' in it)
  expect(tuples.length).toBeGreaterThan(5)
  for (const it of tuples) {
    const length = (it['prefixItems'] as unknown[]).length
    expect(it).toMatchObject({ type: 'array', minItems: length, maxItems: length })
    expect(it).not.toHaveProperty('items')
  }
})

test('What is required is among the properties: a generator makes a class of these', () => {
  const demanding = objects.filter((it) => Array.isArray(it['required']))
  expect(demanding.length).toBeGreaterThan(50)
  for (const it of demanding)
    expect(Object.keys(it['properties'] as Json)).toEqual(expect.arrayContaining(it['required'] as string[]))
  const { counts } = schemas['classifyReviewOutput']!['properties'] as { counts: Json }
  expect(Object.keys(counts['properties'] as Json)).toContain('stranger')
})

test('No schema contains itself, and every one that is referred to is there; any JSON is no choice of two', () => {
  const referred = (value: unknown) =>
    new Set(
      [...objectsIn(value)].flatMap((it) =>
        typeof it['$ref'] === 'string' ? [it['$ref'].replace('#/components/schemas/', '')] : [],
      ),
    )
  expect([...referred(document)].filter((name) => !(name in schemas))).toEqual([])
  expect(Object.keys(schemas).filter((name) => referred(schemas[name]).has(name))).toEqual([])
  const { result } = schemas['jobsGetOutput']!['properties'] as { result: Json }
  expect(result).toEqual({})
})

test('A pattern takes what the contract takes: a schema has no place for a pattern’s flags', () => {
  const { photos } = schemas['classifyInput']!['properties'] as { photos: { items: { pattern: string } } }
  const pattern = new RegExp(photos.items.pattern)
  const paths = ['/photos/a.jpg', 'C:\\photos\\a.jpg', 'c:/photos/a.jpg', '\\\\share\\photos\\a.jpg']
  for (const one of paths)
    expect([one, pattern.test(one), FilePath.safeParse(one).success]).toEqual([one, true, true])
  for (const one of ['a.jpg', '1:\\a.jpg', 'CC:\\a.jpg'])
    expect([one, pattern.test(one), FilePath.safeParse(one).success]).toEqual([one, false, false])
})

test('Every failure that is described has the shape in which failures come', () => {
  const answers = objects.flatMap((it) => ('responses' in it ? [it['responses'] as Json] : []))
  for (const answer of answers)
    for (const [status, told] of Object.entries(answer))
      if (status !== '200')
        expect(told).toMatchObject({
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
        })
})

test('What a program begins knows when photos were taken: it is opened in the window, where bursts may vote', () => {
  const begin = contract.calls['classify.begin'].input
  expect(begin.parse({ paths: ['/photos'] })).toMatchObject({ times: true })
  expect(begin.parse({ paths: ['/photos'], times: false })).toMatchObject({ times: false })
})
