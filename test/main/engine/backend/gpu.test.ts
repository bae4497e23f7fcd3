import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseNvidiaSmi } from '../../../../src/main/engine/backend/gpu.ts'

const recorded = (name: string) =>
  parseNvidiaSmi(readFileSync(new URL(`../../../fixtures/nvidia-smi/${name}.txt`, import.meta.url), 'utf8'))

const codes = (name: string) => recorded(name).problems.map((problem) => problem.code)

describe('what nvidia-smi tells', () => {
  it('is a card with its driver, memory and generation', () => {
    expect(recorded('one-card')).toEqual({
      cards: [
        {
          index: 0,
          name: 'NVIDIA GeForce RTX 3060',
          driver: '550.120',
          memoryMiB: 12288,
          freeMiB: 11542,
          computeCapability: 8.6,
        },
      ],
      problems: [],
    })
  })

  it('is each card where there are several', () => {
    const { cards, problems } = recorded('two-cards')
    expect(cards.map((card) => [card.index, card.freeMiB])).toEqual([
      [0, 80994],
      [1, 412],
    ])
    expect(problems).toEqual([])
  })

  it('names both versions where the driver is too old', () => {
    expect(recorded('old-driver').problems).toEqual([
      { code: 'gpu.driver-old', parameters: { found: '470.256.02', needed: expect.any(String) as string } },
    ])
  })

  it('is no use where the card is too old', () => {
    expect(recorded('old-card').problems).toEqual([
      { code: 'gpu.card-old', parameters: { card: 'NVIDIA GeForce GTX 970', found: 5.2, needed: 6 } },
    ])
  })

  it('asks for a restart where driver and library differ', () => {
    expect(codes('mismatch')).toEqual(['gpu.driver-mismatch'])
  })

  it('says so where the driver does not run', () => {
    const { problems } = recorded('no-driver')
    expect(problems.map((problem) => problem.code)).toEqual(['gpu.driver-stopped'])
    expect(problems[0]?.parameters['reason']).toContain("couldn't communicate")
  })

  it('means an old driver where it does not know what was asked', () => {
    expect(codes('unknown-field')).toEqual(['gpu.driver-old'])
  })

  it('is nothing to worry about where there is no card', () => {
    expect(recorded('no-devices')).toEqual({ cards: [], problems: [] })
  })
})
