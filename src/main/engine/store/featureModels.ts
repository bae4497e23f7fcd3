import { z } from 'zod'
import { ClassifyModel } from '../../../shared/api/classify.ts'
import { readJson, readToChange, writeJson } from './jsonFile.ts'

const Models = z.record(z.string(), ClassifyModel)

/** The network that a person chose to look at each dataset's photos: one file, read before each change. */
export class FeatureModels {
  private readonly file: string
  private last: Promise<unknown> = Promise.resolve()

  /** @param file see dataPaths */
  constructor(file: string) {
    this.file = file
  }

  private read = async (): Promise<z.infer<typeof Models>> => (await readJson(this.file, Models)) ?? {}

  /** @returns null where a person chose none */
  async of(dataset: string): Promise<ClassifyModel | null> {
    return (await this.read())[dataset] ?? null
  }

  /** @throws ThawError disk.full, output.unwritable */
  choose(dataset: string, model: ClassifyModel): Promise<void> {
    return this.change((models) => models.set(dataset, model))
  }

  /** A dataset that was moved has another id: its network goes along. @throws ThawError disk.full, output.unwritable */
  async move(from: string, to: string): Promise<void> {
    if ((await this.of(from)) === null) return
    await this.change((models) => {
      models.set(to, models.get(from)!)
      models.delete(from)
    })
  }

  /** One change after the other. */
  private async change(change: (models: Map<string, ClassifyModel>) => unknown): Promise<void> {
    const own = this.last.then(async () => {
      const models = new Map(Object.entries((await readToChange(this.file, Models)) ?? {}))
      change(models)
      await writeJson(this.file, Object.fromEntries(models))
    })
    this.last = own.catch(() => undefined)
    await own
  }
}
