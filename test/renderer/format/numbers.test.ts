import { describe, expect, it } from 'vitest'
import {
  bytes,
  compact,
  count,
  decimal,
  mebibytes,
  parseRate,
  percent,
  range,
  rate,
  shape,
  speed,
} from '../../../src/renderer/format/numbers.ts'
import { duration } from '../../../src/renderer/format/times.ts'

const plain = (text: string) => text.replaceAll('\u202f', ' ')

describe('numbers in Korean', () => {
  it('keep the zero before the point, and write units and ranges as Koreans do', () => {
    expect(decimal(0.9608, undefined, 'ko')).toBe('0.961')
    expect(decimal(-0.25, 2, 'ko')).toBe('-0.25')
    expect(range([0.917, 0.982], 'ko')).toBe('0.917~0.982')
    expect(rate(0.1, 'ko')).toBe('0.1')
    expect(percent(0.0003, 'ko')).toBe('0.03%')
    expect(percent(0.00006, 'ko')).toBe('<0.01%')
    expect(bytes(1_900_000_000, 'ko')).toBe('1.9GB')
    expect(mebibytes(1000, 'ko')).toBe('1.0GB')
    expect(compact(591_477, 'ko')).toBe('59.1만')
    expect(compact(800_000_000, 'ko')).toBe('8억')
    expect(speed(0.53, 'ko')).toBe('0.5')
    expect(duration(0.84, 'ko')).toBe('0.8초')
    expect(duration(70, 'ko')).toBe('1분 10초')
  })
})

describe('numbers', () => {
  it('are written as the look has them', () => {
    expect(decimal(0.9608)).toBe('.961')
    expect(decimal(1)).toBe('1.000')
    expect(decimal(-0.25, 2)).toBe('-.25')
    expect(decimal(Number.NaN)).toBe('–')
    expect(count(134_268_738)).toBe('134,268,738')
    expect(range([0.917, 0.982])).toBe('.917–.982')
    expect(shape([512, 7, 7])).toBe('512 × 7 × 7')
  })

  it.each([
    [1e-4, '1e-4'],
    [5e-4, '5e-4'],
    [2.5e-5, '2.5e-5'],
    [0.01, '1e-2'],
    [0.1, '.1'],
    [1, '1'],
    [10, '10'],
    [100, '100'],
    [0, '0'],
  ])('the rate %d is %s', (value, text) => expect(rate(value)).toBe(text))

  it.each([1e-4, 5e-4, 2.5e-5, 0.01, 0.1, 1, 10, 100])('the rate %d is read as it is written', (value) =>
    expect(parseRate(rate(value))).toBe(value),
  )

  it.each(['', ' ', '0', '-1', 'fast', '101', 'NaN', 'Infinity'])('“%s” is no rate', (text) =>
    expect(parseRate(text)).toBeUndefined(),
  )

  it('take a comma for a point, as people type it', () => expect(parseRate('0,001')).toBe(0.001))

  it.each([
    [1, '100%'],
    [0.89, '89.0%'],
    [0.011, '1.1%'],
    [0.0003, '.03%'],
    [0.00006, '<.01%'],
    [0, '0%'],
  ])('the share %d is %s', (value, text) => expect(percent(value)).toBe(text))

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [18_600_000, '19 MB'],
    [1_900_000_000, '1.9 GB'],
    [999_600, '1.0 MB'],
  ])('%d bytes are %s', (value, text) => expect(plain(bytes(value))).toBe(text))

  it.each([
    [5.62, '5.6'],
    [1978.2, '1,978'],
  ])('%d photos a second are %s', (value, text) => expect(speed(value)).toBe(text))

  it.each([
    [591_477, '591K'],
    [-591_477, '-591K'],
    [800_000_000, '800M'],
    [999_600_000, '1B'],
    [1e15, '1e15'],
    [5.914e20, '5.9e20'],
  ])('%d is %s where there is little room', (value, text) => expect(compact(value)).toBe(text))

  it('of mebibytes are written as those of bytes, which count in thousands', () => {
    expect(plain(mebibytes(1024))).toBe('1.1 GB')
  })
})

describe('durations', () => {
  it.each([
    [0.42, '.4 s', '0.4초'],
    [6, '6 s', '6초'],
    [59.7, '1 min', '1분'],
    [70, '1 min 10 s', '1분 10초'],
    [3600, '1 h', '1시간'],
    [7500, '2 h 5 min', '2시간 5분'],
    [7199, '2 h', '2시간'],
  ])('%d seconds', (seconds, en, ko) => {
    expect(plain(duration(seconds, 'en'))).toBe(en)
    expect(plain(duration(seconds, 'ko'))).toBe(ko)
  })
})
