import { afterEach, expect, it, vi } from 'vitest'
import type { Sorted } from '../../../src/main/commands/sorting.ts'
import { classGroup, inGroup, sortedPhotos } from '../../../src/main/commands/sorting.ts'

const said: string[] = []
vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
  said.push(String(text))
  return true
})
afterEach(() => said.splice(0))

const [ant, bee] = ['ant', 'bee'].map((name, index) => ({ index, class: name, probability: 0.5 }))
const sorted = (file: string, verdict: Sorted['judgement']['verdict'], answer: string | null): Sorted => ({
  file,
  judgement: { verdict, answer, set: answer === null ? [ant!, bee!] : [ant!] },
})

it('Only what is sure is filed; the rest is named, each with why, and how many there are', () => {
  const filed = sortedPhotos([
    sorted('/a.jpg', 'sure', 'ant'),
    sorted('/b.jpg', 'unsure', null),
    sorted('/c.jpg', 'stranger', null),
    sorted('/d.jpg', 'sure', 'bee'),
  ])
  expect(filed).toEqual([
    { file: '/a.jpg', class: 'ant' },
    { file: '/d.jpg', class: 'bee' },
  ])
  expect(said.map((it) => it.trim())).toEqual([
    '“/b.jpg” stays: the network is unsure between ant, bee.',
    '“/c.jpg” stays: it is unlike everything that the network has learnt from.',
    expect.stringMatching(/^2 photos stay for you to decide/),
  ])
})

it('A group is a name and its classes; each further one is added', () => {
  const first = classGroup('birds: tit,  finch')
  expect(first).toEqual([{ name: 'birds', classes: ['tit', 'finch'] }])
  expect(classGroup('insects:ant', first)).toEqual([...first, { name: 'insects', classes: ['ant'] }])
  for (const wrong of ['birds', ': tit', 'birds:', 'birds: ,', `${'x'.repeat(201)}: tit`])
    expect(() => classGroup(wrong)).toThrow('It is a name, a colon and classes')
  expect(classGroup('birds: jay', first)).toEqual([{ name: 'birds', classes: ['tit', 'finch', 'jay'] }])
})

it('A photo is filed by its class and the group that has it, or by the group alone', () => {
  const groups = classGroup('insects: ant, bee')
  expect(inGroup('/a.jpg', 'ant', groups)).toEqual({ file: '/a.jpg', class: 'ant', group: 'insects' })
  expect(inGroup('/a.jpg', 'cat', groups)).toEqual({ file: '/a.jpg', class: 'cat' })
  expect(sortedPhotos([sorted('/b.jpg', 'group', 'insects')], groups)).toEqual([
    { file: '/b.jpg', class: 'insects' },
  ])
})

it('Where everything is sure nothing is said', () => {
  expect(sortedPhotos([sorted('/a.jpg', 'sure', 'ant')])).toHaveLength(1)
  expect(said).toEqual([])
})
