import { createI18n, useI18n } from 'vue-i18n'
import { certaintyEn } from './certainty.en.ts'
import { certaintyKo } from './certainty.ko.ts'
import { commandsEn } from './commands.en.ts'
import { commandsKo } from './commands.ko.ts'
import { errorTexts } from '../../shared/errors.ts'
import type { ErrorCode, PlainError } from '../../shared/errors.ts'
import type { Language } from '../../shared/language.ts'
import { withParticles } from '../../shared/korean.ts'
import { tellError as tellIn } from '../../shared/tellError.ts'
import { windowAdvice } from './advice.ts'
import { augmentEn } from './augment.en.ts'
import { augmentKo } from './augment.ko.ts'
import { classifyEn } from './classify.en.ts'
import { classifyKo } from './classify.ko.ts'
import { exchangeEn } from './exchange.en.ts'
import { filingEn } from './filing.en.ts'
import { exchangeKo } from './exchange.ko.ts'
import { filingKo } from './filing.ko.ts'
import { gradCamEn } from './gradCam.en.ts'
import { gradCamKo } from './gradCam.ko.ts'
import { findingsEn } from './findings.en.ts'
import { findingsKo } from './findings.ko.ts'
import { foldersEn } from './folders.en.ts'
import { foldersKo } from './folders.ko.ts'
import { atWorkEn } from './atWork.en.ts'
import { atWorkKo } from './atWork.ko.ts'
import { chartsEn } from './charts.en.ts'
import { chartsKo } from './charts.ko.ts'
import { forkEn } from './fork.en.ts'
import { forkKo } from './fork.ko.ts'
import { runTableEn } from './runTable.en.ts'
import { runTableKo } from './runTable.ko.ts'
import { compareEn } from './compare.en.ts'
import { compareKo } from './compare.ko.ts'
import { frameEn } from './frame.en.ts'
import { frameKo } from './frame.ko.ts'
import { isolateAll } from './isolate.ts'
import { jobsEn } from './jobs.en.ts'
import { jobsKo } from './jobs.ko.ts'
import { layersEn } from './layers.en.ts'
import { layersKo } from './layers.ko.ts'
import { liveEn } from './live.en.ts'
import { liveKo } from './live.ko.ts'
import { loopEn } from './loop.en.ts'
import { loopKo } from './loop.ko.ts'
import { meltEn } from './melt.en.ts'
import { meltKo } from './melt.ko.ts'
import { modelsEn } from './models.en.ts'
import { modelsKo } from './models.ko.ts'
import { photoRoomEn } from './photoRoom.en.ts'
import { photoRoomKo } from './photoRoom.ko.ts'
import { photosEn } from './photos.en.ts'
import { photosKo } from './photos.ko.ts'
import { relationsEn } from './relations.en.ts'
import { relationsKo } from './relations.ko.ts'
import { sourcesEn } from './sources.en.ts'
import { sourcesKo } from './sources.ko.ts'
import { splitEn } from './split.en.ts'
import { splitKo } from './split.ko.ts'
import { runsEn } from './runs.en.ts'
import { runsKo } from './runs.ko.ts'
import { networksEn } from './networks.en.ts'
import { networksKo } from './networks.ko.ts'
import { settingsEn } from './settings.en.ts'
import { settingsKo } from './settings.ko.ts'
import { trainEn } from './train.en.ts'
import { trainKo } from './train.ko.ts'
import { trainSettingsEn } from './trainSettings.en.ts'
import { trainSettingsKo } from './trainSettings.ko.ts'
import { trayEn } from './tray.en.ts'
import { trayKo } from './tray.ko.ts'
import { nextEn, whyEn } from './whatNext.en.ts'
import { nextKo, whyKo } from './whatNext.ko.ts'

/** A table a room. Each Korean table is typed by the keys of the English one, so a missing key fails the build. */
export const en = {
  frame: frameEn,
  photos: photosEn,
  findings: findingsEn,
  photoRoom: photoRoomEn,
  relations: relationsEn,
  folders: foldersEn,
  train: trainEn,
  augment: augmentEn,
  layers: layersEn,
  trainSettings: trainSettingsEn,
  live: liveEn,
  runs: runsEn,
  sources: sourcesEn,
  split: splitEn,
  charts: chartsEn,
  atWork: atWorkEn,
  fork: forkEn,
  runTable: runTableEn,
  compare: compareEn,
  loop: loopEn,
  certainty: certaintyEn,
  why: whyEn,
  next: nextEn,
  gradCam: gradCamEn,
  melt: meltEn,
  classify: classifyEn,
  tray: trayEn,
  filingRoom: filingEn,
  commands: commandsEn,
  models: modelsEn,
  exchange: exchangeEn,
  networks: networksEn,
  settings: settingsEn,
  jobs: jobsEn,
}
export const ko: { readonly [R in keyof typeof en]: { readonly [K in keyof (typeof en)[R]]: string } } = {
  frame: frameKo,
  photos: photosKo,
  findings: findingsKo,
  photoRoom: photoRoomKo,
  relations: relationsKo,
  folders: foldersKo,
  train: trainKo,
  augment: augmentKo,
  layers: layersKo,
  trainSettings: trainSettingsKo,
  live: liveKo,
  runs: runsKo,
  sources: sourcesKo,
  split: splitKo,
  charts: chartsKo,
  atWork: atWorkKo,
  fork: forkKo,
  runTable: runTableKo,
  compare: compareKo,
  loop: loopKo,
  certainty: certaintyKo,
  why: whyKo,
  next: nextKo,
  gradCam: gradCamKo,
  melt: meltKo,
  classify: classifyKo,
  tray: trayKo,
  filingRoom: filingKo,
  commands: commandsKo,
  models: modelsKo,
  exchange: exchangeKo,
  networks: networksKo,
  settings: settingsKo,
  jobs: jobsKo,
}

export type MessageKey = { [R in keyof typeof en]: `${R}.${keyof (typeof en)[R] & string}` }[keyof typeof en]
/** `n` chooses between singular and plural where an English text has both ("one photo | {n} photos"). */
export type MessageParameters = Readonly<Record<string, string | number>>
export type Translate = (key: MessageKey, parameters?: MessageParameters) => string

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: false,
  messages: { en, ko },
  // Only Korean texts hold pairs of particles.
  postTranslation: (text) => (typeof text === 'string' ? withParticles(text) : text),
})

export interface Text {
  t: Translate
  language: () => Language
  /** What a failure says in the person's language. */
  tellError: (error: Pick<PlainError, 'code' | 'parameters'>) => { message: string; advice: string }
  /** The same of what a run recorded: in English where it was recorded without parameters, or by a later version. */
  tellRecorded: (event: Recorded) => { message: string; advice: string }
}

interface Recorded {
  code: string
  message: string
  advice?: string
  parameters?: PlainError['parameters'] | undefined
}

/** The words of the person's language. */
export function useText(): Text {
  const { t, locale } = useI18n({ useScope: 'global' })
  const translate = t as (key: string, named: MessageParameters, plural?: number) => string
  const tellError: Text['tellError'] = ({ code, parameters }) => {
    const language = locale.value as Language
    return tellIn({ code, parameters: isolateAll(parameters) }, language, windowAdvice[language][code])
  }
  return {
    t: (key, parameters = {}) =>
      typeof parameters.n === 'number'
        ? translate(key, isolateAll(parameters), parameters.n)
        : translate(key, isolateAll(parameters)),
    language: () => locale.value as Language,
    tellError,
    tellRecorded: ({ code, message, advice = '', parameters }) =>
      parameters && Object.hasOwn(errorTexts, code)
        ? tellError({ code: code as ErrorCode, parameters })
        : { message, advice },
  }
}
