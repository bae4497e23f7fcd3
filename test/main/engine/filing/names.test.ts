import { describe, expect, it } from 'vitest'
import { numbered, safeName, sameOnSomeDisk } from '../../../../src/main/engine/filing/names.ts'
import { fillPattern, requirePattern } from '../../../../src/main/engine/filing/pattern.ts'

describe('names that every system takes', () => {
  it.each([
    ['bee.jpg', 'bee.jpg'],
    ['벌 사진.jpg', '벌 사진.jpg'],
    ['a/b\\c:d*e?f"g<h>i|j', 'a_b_c_d_e_f_g_h_i_j'],
    ['CON', '_CON'],
    ['con.jpg', '_con.jpg'],
    ['LPT1.tar.gz', '_LPT1.tar.gz'],
    ['com¹', '_com¹'],
    ['console.jpg', 'console.jpg'],
    ['ends with a point.', 'ends with a point'],
    ['ends with a space ', 'ends with a space'],
    ['...', '_'],
    ['', '_'],
    ['line\nend', 'line_end'],
    ['..', '_'],
  ])('%j is %j', (name, safe) => {
    expect(safeName(name)).toBe(safe)
  })

  it('have at most 255 bytes, keep their extension and cut no character in two', () => {
    const long = safeName(`${'벌'.repeat(120)}.jpeg`)
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(255)
    expect(long).toMatch(/^벌+\.jpeg$/)
    const family = safeName(`${'👨‍👩‍👧'.repeat(20)}.jpg`)
    expect(family).toMatch(/^(👨‍👩‍👧)+\.jpg$/u)
    expect(Buffer.byteLength(safeName('x'.repeat(300)))).toBe(255)
    expect(Buffer.byteLength(safeName(`a.${'x'.repeat(300)}`))).toBeLessThanOrEqual(255)
  })

  it('are composed, so that a name from macOS is the one from Linux', () => {
    expect(safeName('e\u0301.jpg')).toBe('\u00e9.jpg')
  })

  it('get a number that still fits', () => {
    expect(numbered('bee.jpg', 2)).toBe('bee (2).jpg')
    const long = numbered(`${'x'.repeat(251)}.jpg`, 12)
    expect(Buffer.byteLength(long)).toBe(255)
    expect(long).toMatch(/x \(12\)\.jpg$/)
  })

  it('are the same to some disk in another case or form', () => {
    expect(sameOnSomeDisk('/a/Bee.JPG')).toBe(sameOnSomeDisk('/A/bee.jpg'))
    expect(sameOnSomeDisk('e\u0301')).toBe(sameOnSomeDisk('\u00e9'))
    expect(sameOnSomeDisk('bee')).not.toBe(sameOnSomeDisk('bees'))
  })
})

describe('patterns', () => {
  const values = { class: 'bees/hive', group: 'insects', date: '2026-11-25', name: 'photo.jpg' }

  it('are filled part by part, and no value makes a folder of its own', () => {
    expect(fillPattern('{group}/{class}/{date} {name}', values)).toBe(
      'insects/bees_hive/2026-11-25 photo.jpg',
    )
    expect(fillPattern('{class}/{name}', { ...values, class: '..' })).toBe('_/photo.jpg')
    expect(fillPattern('{class}/{name}', { ...values, class: '{name}' })).toBe('{name}/photo.jpg')
  })

  it.each([
    ['{klass}/{name}', 'filing.pattern-place'],
    ['/{class}/{name}', 'filing.pattern-path'],
    ['C:/{name}', 'filing.pattern-path'],
    ['../{name}', 'filing.pattern-path'],
    ['{class}//{name}', 'filing.pattern-path'],
    ['{class}\\{name}', 'filing.pattern-path'],
    ['{class}', 'filing.pattern-name'],
    ['{name}/{class}', 'filing.pattern-name'],
    ['', 'filing.pattern-path'],
  ])('%j is refused: %s', (pattern, code) => {
    expect(() => requirePattern(pattern)).toThrow(expect.objectContaining({ code }) as Error)
  })

  it.each(['{name}', '{class}/{name}', 'a/{group}/{date}/{class} {name}'])('%j is taken', (pattern) => {
    expect(() => requirePattern(pattern)).not.toThrow()
  })
})
