import { z } from 'zod'
import { ClassifyModel } from '../../../shared/api/classify.ts'
import { readJson, writeJson } from './jsonFile.ts'

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
  async choose(dataset: string, model: ClassifyModel): Promise<void> {
    const own = this.last.then(async () => writeJson(this.file, { ...(await this.read()), [dataset]: model }))
    this.last = own.catch(() => undefined)
    await own
  }
}
