import type { ContextMenuParams, MenuItemConstructorOptions, WebContents } from 'electron'
import { Menu } from 'electron'
import { isOurs } from './origin.ts'
import type { Words } from './words.ts'

export interface ContextMenuOptions {
  words: () => Words
  /** Shows a picture's file in the system's file manager. */
  reveal: (picture: string) => void
}

/** The id of a picture of ours; undefined where the address is none. A picture that the page holds itself says whose it is. */
export function pictureIn(address: string): string | undefined {
  const held = /^data:image\/jpeg;base64,[^#]*#\/thumb\/([^/?#]+)$/.exec(address)
  if (held) return held[1]
  return isOurs(address) ? /^\/thumb\/([^/?#]+)$/.exec(new URL(address).pathname)?.[1] : undefined
}

type Clicked = Pick<ContextMenuParams, 'isEditable' | 'selectionText' | 'mediaType' | 'srcURL' | 'editFlags'>

/** What a click with the other button offers: in text fields, on chosen text and on photos. Empty elsewhere. */
export function contextMenuTemplate(
  clicked: Clicked,
  words: Words,
  reveal: (picture: string) => void,
): MenuItemConstructorOptions[] {
  const { isEditable, selectionText, mediaType, srcURL, editFlags } = clicked
  if (isEditable)
    return [
      { role: 'undo', label: words.undo, enabled: editFlags.canUndo },
      { role: 'redo', label: words.redo, enabled: editFlags.canRedo },
      { type: 'separator' },
      { role: 'cut', label: words.cut, enabled: editFlags.canCut },
      { role: 'copy', label: words.copy, enabled: editFlags.canCopy },
      { role: 'paste', label: words.paste, enabled: editFlags.canPaste },
      { type: 'separator' },
      { role: 'selectAll', label: words.selectAll, enabled: editFlags.canSelectAll },
    ]
  if (selectionText.trim() !== '') return [{ role: 'copy', label: words.copy }]
  const picture = mediaType === 'image' ? pictureIn(srcURL) : undefined
  return picture === undefined ? [] : [{ label: words.showInFolder, click: () => reveal(picture) }]
}

export function offerContextMenu(contents: WebContents, { words, reveal }: ContextMenuOptions): void {
  contents.on('context-menu', (_, clicked) => {
    const template = contextMenuTemplate(clicked, words(), reveal)
    if (template.length > 0) Menu.buildFromTemplate(template).popup()
  })
}
