import type { Library, LibraryHandlers } from './context.ts'

/** One change after the other, so that none is lost. */
export function findingHandlers({
  findings,
  datasets,
  pictures,
}: Library): Pick<LibraryHandlers, 'findings.get' | 'findings.dismiss'> {
  let last: Promise<unknown> = Promise.resolve()
  return {
    'findings.get': async ({ dataset }) => {
      const { checked, by, findings: kept } = await findings.of(dataset)
      const { browsed } = await datasets.open(dataset)
      const ids = new Map(browsed.photos.map((photo) => [photo.path, pictures.idOf(dataset, photo)]))
      return {
        checked,
        by,
        findings: kept.map((it) => ({ ...it, pictures: it.photos.map((photo) => ids.get(photo) ?? null) })),
      }
    },

    'findings.dismiss': async ({ dataset, findings: ids, dismissed }) => {
      const change = last.then(() => findings.dismiss(dataset, ids, dismissed))
      last = change.catch(() => undefined)
      await change
      return {}
    },
  }
}
