import path from 'node:path'
import { expect, it } from 'vitest'
import type { Classifier } from '../../src/main/engine/classify/classifier.ts'
import { openClassifier } from '../../src/main/engine/classify/classifier.ts'
import { comparedOnPhotos } from '../../src/main/engine/classify/parity.ts'
import { scanDataset } from '../../src/main/engine/datasets/scan.ts'
import { exportRun } from '../../src/main/engine/exchange/exportRun.ts'
import { openNetwork } from '../../src/main/engine/model/open.ts'
import { readRecord } from '../../src/main/engine/store/runFolder.ts'
import { bestWeightsOf } from '../../src/main/engine/training/bestWeights.ts'
import { train } from '../../src/main/engine/training/train.ts'
import { openWeights } from '../../src/main/engine/weights/index.ts'
import type { Classified } from '../../src/shared/api/classify.ts'
import { RunConfig } from '../../src/shared/config.ts'
import { temporaryFolder } from '../support/folder.ts'
import { describeGolden, goldenFolder } from '../support/golden.ts'
import { drawTinyPhotos, tinySettings } from '../support/tinyTraining.ts'

const folder = temporaryFolder()

describeGolden('the recipe’s whole journey', () => {
  it.each(['zip.pth', 'gpu.pth', 'gpu-legacy.pth'])(
    'from PyTorch’s %s by a new head and a training to a file that answers the same',
    async (file) => {
      const home = folder.path(file)
      const photos = path.join(home, 'photos')
      await drawTinyPhotos(photos)
      const weights = path.join(goldenFolder, 'weight-files', file)
      const settings = await tinySettings(home, 'tiny-vgg')
      const config = RunConfig.parse({ ...settings, weights, plan: 'recipe', epochs: 2 })
      const dataset = await scanDataset(photos, { seed: config.seed })
      const run = path.join(home, 'run')
      const told: string[] = []
      for await (const { type } of train({ home, folder: run, dataset, config })) told.push(type)
      expect(told.at(-1)).toBe('finished')
      const record = await readRecord(run)
      expect(record.weights.headReplaced).toBe(true)
      const best = await bestWeightsOf(run)

      for (const format of ['pth', 'safetensors'] as const) {
        const to = path.join(home, `handed-on.${format}`)
        await exportRun({ record, weights: best, to, format })
        expect(await comparedOnPhotos(record, best, to)).toEqual({
          photos: 12,
          largestLogitDifference: 0,
          changedAnswers: 0,
        })
      }

      const handedOn = await openWeights(path.join(home, 'handed-on.safetensors'))
      const provenance = JSON.parse(handedOn.metadata['provenance']!) as Record<string, unknown>
      expect(provenance).toMatchObject({
        run: record.id,
        photos: { count: 60 },
        start: { headReplaced: true },
      })
      await handedOn.close()
      // Another Thaw has all it needs in the file itself.
      const opened = await openNetwork({ backbone: null, file: handedOn.path })
      expect(opened.network.name).toBe('tiny-vgg')
      expect(opened.classes).toEqual(['dark', 'light'])
      expect(opened.preparation).toEqual(record.preparation)
      const { calibration } = opened.carried
      expect(calibration!.targets).toHaveLength(12)
      opened.weights.dispose()

      // Dropped there it gives the run's own answers, and says as the run does how sure is sure.
      const signal = AbortSignal.timeout(120_000)
      const how = { top: 2, mirrored: false, times: false }
      const kept = { knowledge: path.join(home, 'knowledge'), features: path.join(home, 'features') }
      const ofRun = await openClassifier({ home, paths: kept, model: { run }, how, signal })
      const model = { file: handedOn.path, labels: null }
      const ofFile = await openClassifier({ home: folder.path('elsewhere'), model, how, signal })
      expect(ofFile.classes).toEqual(ofRun.classes)
      expect(ofFile.knowledge).toEqual({ ...ofRun.knowledge, distances: expect.any(Array) as unknown })
      // The file holds features in bytes.
      const near = (found: number | null, expected: number | null) => expect(found).toBeCloseTo(expected!, 2)
      ofRun.knowledge!.distances.forEach((it, i) => near(ofFile.knowledge!.distances[i]!, it))

      const shown = record.dataset.photos.map((photo) => path.join(photos, photo.path))
      const answersBy = async (classifier: Classifier) => {
        const found: Classified[] = []
        for await (const answer of classifier.answer(shown, 0, signal)) found.push(answer)
        classifier.close()
        return found
      }
      const [byFile, byRun] = [await answersBy(ofFile), await answersBy(ofRun)]
      byFile.forEach(({ distance }, i) => near(distance, byRun[i]!.distance))
      const withoutDistance = (answers: Classified[]) => answers.map((it) => ({ ...it, distance: null }))
      expect(withoutDistance(byFile)).toEqual(withoutDistance(byRun))
    },
  )
})
