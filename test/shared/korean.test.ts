import { describe, expect, it } from 'vitest'
import { withParticles } from '../../src/shared/korean.ts'

const object = (word: string) => withParticles(`${word}[을/를]`)
const to = (word: string) => withParticles(`${word}[으로/로]`)

describe('the particle after a word', () => {
  it('follows the final consonant of a Hangul syllable', () => {
    expect(object('사진')).toBe('사진을')
    expect(object('개미')).toBe('개미를')
    expect(to('파일')).toBe('파일로')
    expect(to('폴더')).toBe('폴더로')
    expect(to('이름')).toBe('이름으로')
  })

  it('looks through quotation marks, brackets and isolates', () => {
    expect(object('“벌”')).toBe('“벌”을')
    expect(object('“나비”')).toBe('“나비”를')
    expect(object('\u2068“벌”\u2069')).toBe('\u2068“벌”\u2069을')
    expect(withParticles('(정석)[은/는]')).toBe('(정석)은')
  })

  it('follows a number as it is read', () => {
    expect(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].map(object)).toEqual([
      '0을',
      '1을',
      '2를',
      '3을',
      '4를',
      '5를',
      '6을',
      '7을',
      '8을',
      '9를',
    ])
    expect(['10', '100', '1,000', '20,000', '300,000,000'].map(to)).toEqual([
      '10으로',
      '100으로',
      '1,000으로',
      '20,000으로',
      '300,000,000으로',
    ])
    expect(to('0.961')).toBe('0.961로')
    expect(to('1e-4')).toBe('1e-4로')
    expect(object('0.50')).toBe('0.50을')
  })

  it('reads units as words', () => {
    expect(object('1.9GB')).toBe('1.9GB를')
    expect(object('600 MiB')).toBe('600 MiB를')
    expect(to('40%')).toBe('40%로')
  })

  it('reads Latin words as Koreans write them, and abbreviations letter by letter', () => {
    expect(
      ['ants', 'bees', 'cat.jpg', 'map', 'Thaw', 'apple', 'name', 'king', 'test', 'music'].map(object),
    ).toEqual([
      'ants를',
      'bees를',
      'cat.jpg를',
      'map을',
      'Thaw를',
      'apple을',
      'name을',
      'king을',
      'test를',
      'music을',
    ])
    expect(['VGG', 'PNG', 'XML', 'GPU', 'BMP'].map(object)).toEqual([
      'VGG를',
      'PNG를',
      'XML을',
      'GPU를',
      'BMP를',
    ])
    expect(to('model')).toBe('model로')
  })

  it('is chosen for every pair in a sentence, and other brackets stay', () => {
    expect(withParticles('“벌”[과/와] 개미[이/가] [3, 224]')).toBe('“벌”과 개미가 [3, 224]')
    expect(withParticles('개[이라는/라는], 벌[이라고/라고], 새[이나/나]')).toBe('개라는, 벌이라고, 새나')
  })
})
