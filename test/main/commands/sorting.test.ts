import { afterEach, expect, it, vi } from 'vitest'
import type { Sorted } from '../../../src/main/commands/sorting.ts'
import { sortedPhotos } from '../../../src/main/commands/sorting.ts'

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

it('Where everything is sure nothing is said', () => {
  expect(sortedPhotos([sorted('/a.jpg', 'sure', 'ant')])).toHaveLength(1)
  expect(said).toEqual([])
})
