/** Gives the person a file of the page's own. @param address of its content: `data:` or `blob:` */
export function saveFile(address: string, name: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
}

/** A table as a file, see `csvOfTable`. @param name without its ending */
export function saveCsv(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  saveFile(address, `${name}.csv`)
  URL.revokeObjectURL(address)
}
