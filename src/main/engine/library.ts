/** Entry of the child that owns the catalogue: scans, thumbnails, previews, downloads, exports. */
import sharp from 'sharp'
import { answerParent } from './child/answerParent.ts'
import { enter } from './environment.ts'
import { openLibrary } from './library/open.ts'
import { currentFolders } from './store/paths.ts'

enter(process.env)
// A photo is decoded once for its thumbnail, which is kept: what libvips would keep of it serves nobody.
sharp.cache(false)
let close = () => Promise.resolve()
await answerParent<'library'>({
  open: async (emit) => {
    const library = await openLibrary(currentFolders(), emit)
    close = library.close
    return library.handlers
  },
  close: () => close(),
})
