/** Entry of the child that owns the catalogue: scans, thumbnails, previews, downloads, exports. */
import sharp from 'sharp'
import { answerParent } from './child/answerParent.ts'
import { enter } from './environment.ts'
import { openLibrary } from './library/open.ts'
import { currentFolders, dataPaths } from './store/paths.ts'
import { watchRuns } from './store/watchRuns.ts'

enter(process.env)
// A photo is decoded once for its thumbnail, which is kept: what libvips would keep of it serves nobody.
sharp.cache(false)
let close = () => Promise.resolve()
await answerParent<'library'>({
  open: async (emit) => {
    const folders = currentFolders()
    const library = await openLibrary(folders, emit)
    const unwatch = await watchRuns(dataPaths(folders), {
      onChange: () => emit('runs.changed', {}),
      onGrow: () => emit('runs.grew', {}),
    })
    close = () => {
      unwatch()
      return library.close()
    }
    return library.handlers
  },
  close: () => close(),
})
