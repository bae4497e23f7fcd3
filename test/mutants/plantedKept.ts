import type { PlantedFault } from './fault.ts'
import { fault } from './fault.ts'

const features = 'renderer/stores/features.ts'
const cost = 'renderer/composables/useFeatureCost.ts'
const network = 'renderer/views/featureNetwork'
const runs = 'main/engine/store/runs.ts'
const library = 'main/engine/library/library'

/** What is kept by a dataset's id, which another place changes. */
const ofDatasets: readonly PlantedFault[] = [
  fault(
    'a dataset that is moved leaves its network behind',
    'main/engine/library/datasets.ts',
    '[findings, relations, featureModels]',
    '[findings, relations]',
    library,
  ),
  fault(
    'a dataset that is moved finds anew what was dismissed',
    'main/engine/store/findings.ts',
    "for (const kind of ['found', 'dismissed'] as const)",
    "for (const kind of ['found'] as const)",
    library,
  ),
  fault(
    'a dataset takes the place of another one, and its decisions are gone',
    'main/engine/store/datasets.ts',
    'if (other === id || !(await this.has(place))) return',
    'if (other !== undefined) return',
    library,
  ),
  fault(
    'another window’s choice of a network is not followed',
    'main/engine/library/features.ts',
    "emit('features.changed', { dataset })",
    'void emit',
    library,
  ),
]

/** Whose features, and what they cost. */
const ofFeatures: readonly PlantedFault[] = [
  fault(
    'a choice is overwritten by the one before it',
    features,
    'isStale = choosing > 0',
    'isStale = false',
    network,
  ),
  fault(
    'a choice that could not be kept stands there',
    features,
    'isStale = true',
    'isStale = false',
    network,
  ),
  fault(
    'a file of one’s own stands for a published network that is gone',
    features,
    "models.usable.filter(({ source }) => source !== 'own')",
    'models.usable',
    network,
  ),
  fault(
    'a network that is chosen while another is measured is never measured',
    cost,
    'if (network !== looking().network) await lookAgain()',
    'if (network === undefined) await lookAgain()',
    network,
  ),
]

/** What several runs get at once. */
const ofMarks: readonly PlantedFault[] = [
  fault(
    'remarks that are not understood are written over',
    'main/engine/store/jsonFile.ts',
    'await moveFile(file, brokenName(file))',
    'void brokenName',
    'main/engine/store/runMarks',
  ),
  fault(
    'an undo of tags takes those that came since',
    'renderer/format/runRows.ts',
    'if (!tags || JSON.stringify(tags) === JSON.stringify(now.tags)) return back',
    'if (tags !== undefined || now.tags.length >= 0) return back',
    'renderer/views/runs',
  ),
  fault(
    'tags of a run that has many are lost without a word',
    'renderer/components/runs/TagsDialog.vue',
    'withTags(tags, change.value).length > mostTags',
    'withTags(tags, change.value).length > 2 * mostTags',
    'renderer/views/runs',
  ),
]

/** Runs that are thrown away and copied in. */
const ofRuns: readonly PlantedFault[] = [
  fault(
    'a run cannot be thrown away a second time',
    runs,
    'if (await exists(target)) await this.move(target, await freeFolder(this.paths.trash, id))',
    'void freeFolder',
    library,
  ),
  fault(
    'a run comes back beside itself',
    runs,
    "if (there) throw new ThawError('run.present', { name: there.name || id })",
    'void there',
    library,
  ),
  fault(
    'a run whose weights are a link is copied in without them',
    'main/engine/store/addRun.ts',
    'entries.find((entry) => entry.isSymbolicLink())',
    'entries.find((entry) => entry.isSocket())',
    library,
  ),
]

/** Where a run's photos came from, and where answers go. */
const ofPlaces: readonly PlantedFault[] = [
  fault(
    'the folder that an archive was unpacked into is added again',
    'main/engine/library/runs.ts',
    "layout === 'list' ? (dataset.source ?? null) : placeOfDataset(dataset)",
    "layout === 'list' ? (dataset.source ?? null) : folder",
    library,
  ),
  fault(
    'a group that is called like one of its classes gets that one’s Korean folder',
    'main/engine/library/filings.ts',
    "if (verdict === 'group') return answer",
    "if (verdict === 'none') return answer",
    'main/engine/library/classifications',
  ),
  fault(
    'early stopping never ends where the loss is 0',
    'main/engine/training/progress.ts',
    'position.goal === 0 || ',
    '',
    'main/engine/training/progress',
  ),
]

/** What is kept of datasets and runs when they come, go and move. */
export const plantedInKept: readonly PlantedFault[] = [
  ...ofDatasets,
  ...ofFeatures,
  ...ofMarks,
  ...ofRuns,
  ...ofPlaces,
]
