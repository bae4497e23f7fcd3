import type { WeightsEntry } from '../../shared/api/models.ts'
import { isWeightName } from '../../shared/weightFiles.ts'
import { useApi } from '../api.ts'
import { useText } from '../i18n/index.ts'
import { useMessages } from '../stores/messages.ts'
import { useModels } from '../stores/models.ts'

/** Adds weight files that a person has, chosen or dropped. */
export function useAddWeights() {
  const api = useApi()
  const models = useModels()
  const messages = useMessages()
  const { t } = useText()

  /** @throws ThawError weights.* */
  async function add(file: string): Promise<WeightsEntry> {
    const entry = await api.call('models.addFile', { file })
    await models.reload()
    messages.told(() => t('models.added', { file: entry.file.split(/[\\/]/).at(-1)! }))
    return entry
  }

  /** Adds the weight files among what was dropped. @returns these, and the other paths @throws ThawError weights.* */
  async function addFrom(paths: readonly string[]): Promise<{ added: WeightsEntry[]; others: string[] }> {
    const added: WeightsEntry[] = []
    for (const file of paths.filter(isWeightName)) added.push(await add(file))
    return { added, others: paths.filter((file) => !isWeightName(file)) }
  }

  return { add, addFrom }
}
