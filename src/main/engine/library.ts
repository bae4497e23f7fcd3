/** Entry of the child that owns the catalogue: scans, thumbnails, previews, downloads, exports. */
import { answerParent } from './child/answerParent.ts'
import { enter } from './environment.ts'
import { openLibrary } from './library/open.ts'
import { currentFolders } from './store/paths.ts'

enter(process.env)
let close = () => Promise.resolve()
await answerParent<'library'>({
  open: async (emit) => {
    const library = await openLibrary(currentFolders(), emit)
    close = library.close
    return library.handlers
  },
  close: () => close(),
})
