/** The trainer's process: training and classifying, with everything else about photos in the library's. */
import { answerParent } from './child/answerParent.ts'
import { openClassifier } from './classify/classifier.ts'
import { doctor } from './doctor/doctor.ts'
import { enter } from './environment.ts'
import { currentFolders, dataPaths } from './store/paths.ts'
import { readSettings } from './store/settings.ts'
import { availableBeside, needs } from './trainer/room.ts'
import { comparePrecisions } from './training/comparePrecisions.ts'
import { forecast } from './training/forecast.ts'
import { fork } from './training/fork.ts'
import { resume, train } from './training/train.ts'
import type { TrainingEngine } from './trainer/engine.ts'
import { checkAndKeep } from './findings/checkById.ts'
import { gradCamOfPhoto } from './evaluation/gradCamOfPhoto.ts'
import { featureCost } from './bank/featureCost.ts'
import { measureSpeed } from './model/speed.ts'
import { offeredExport } from './exchange/offeredExport.ts'
import { compareRuns } from './evaluation/compareRuns.ts'
import { MeltedRun } from './evaluation/meltedRun.ts'
import { mapDataset, relate } from './bank/relate.ts'
import { evaluateRun } from './evaluation/evaluateRun.ts'
import * as heads from './bank/runHeads.ts'
import { Suggestions } from './trainer/suggest.ts'
import { openTrainer } from './trainer/handlers.ts'

enter(process.env)
const suggestions = new Suggestions(currentFolders())

const engine: TrainingEngine = {
  suggest: (request, control) => suggestions.suggest(request, control),
  featureCost,
  train,
  resume,
  fork,
  forecast,
  comparePrecisions,
  needs,
  available: availableBeside,
  openClassifier,
  heads,
  check: checkAndKeep,
  relate,
  mapDataset,
  compareRuns,
  offeredExport,
  evaluateRun,
  measureSpeed,
  openMelted: (folder, of) => MeltedRun.open(folder, of),
  gradCam: gradCamOfPhoto,
}

let close = () => Promise.resolve()
await answerParent<'trainer'>({
  open: async (emit) => {
    const folders = currentFolders()
    const { backend } = await readSettings(dataPaths(folders).settings)
    if (backend !== 'auto') enter({ ...process.env, THAW_BACKEND: backend })
    const trainer = openTrainer({
      folders,
      emit,
      engine,
      doctor: async () => {
        const {
          backend: best,
          backendVersion,
          threads,
          device,
          memory,
          node,
          gpus,
          gpu,
          problems,
        } = await doctor()
        const cards = gpus.map(({ name, memoryMiB }) => ({ name, memory: memoryMiB * 2 ** 20 }))
        return { backend: best, backendVersion, threads, device, memory, node, gpu, gpus: cards, problems }
      },
    })
    close = trainer.close
    return trainer.handlers
  },
  close: () => close(),
})
