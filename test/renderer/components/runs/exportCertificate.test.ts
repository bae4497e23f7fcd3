import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import ExportCertificate from '../../../../src/renderer/components/runs/ExportCertificate.vue'
import { i18n } from '../../../../src/renderer/i18n/index.ts'
import type { Certificate, Exported } from '../../../../src/shared/api/exchange.ts'

const same = { largestLogitDifference: 1e-6, changedAnswers: 0 }
const certificate: Certificate = {
  ...{
    format: 'onnx',
    bytes: 9,
    sha256: 'ab',
    thaw: '1',
    runtime: 'ONNX Runtime',
    photos: 8,
    largestLogit: 2,
  },
  ...{ network: same, photo: null, good: true },
  file: { ...same, photos: 6, decoder: 'TensorFlow' },
}
const exported: Exported = {
  ...{ run: 'run', format: 'onnx', withPreparation: false, download: 'a', name: 'a', bytes: 9, sha256: 'ab' },
  check: { parity: { photos: 8, ...same }, certificate },
}
const shown = (check: Partial<Exported['check']>) =>
  mount(ExportCertificate, {
    props: { exported: { ...exported, check: { ...exported.check, ...check } } },
    global: { plugins: [i18n] },
  })

describe('an export’s certificate', () => {
  it('says how many photo files the other decoder leaves out, and what becomes of 16-bit grey', () => {
    expect(shown({}).text()).toMatch(/2 photo files are left out of the last row.*16-bit grey Pillow clips/)
    const all = { ...certificate, file: { ...certificate.file!, photos: 8 } }
    expect(shown({ certificate: all }).text()).not.toContain('left out')
  })

  it.each([
    ['another runtime that is far off', { certificate: { ...certificate, good: false } }],
    [
      'another runtime that answers otherwise',
      { certificate: { ...certificate, network: { ...same, changedAnswers: 1 } } },
    ],
    [
      'a file that is far off when read again',
      { parity: { photos: 8, ...same, largestLogitDifference: 0.01 } },
    ],
    ['a file that answers otherwise when read again', { parity: { photos: 8, ...same, changedAnswers: 1 } }],
  ])('calls no good what came of %s', (_, check) => {
    expect(shown({ certificate: null, ...check }).text()).toContain('not reliable')
  })

  it('calls good what was read again and answers the same', () => {
    expect(shown({ certificate: null }).text()).toContain('same answers')
  })
})
