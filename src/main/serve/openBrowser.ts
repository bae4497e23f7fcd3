import { spawn } from 'node:child_process'

const commands: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/** Shows an address of ours in the person's browser, as far as there is one. */
export function openBrowser(address: string): void {
  const [command, ...options] = commands[process.platform] ?? ['xdg-open']
  const child = spawn(command, [...options, address], { stdio: 'ignore', detached: true, windowsHide: true })
  // The address is printed too.
  child.once('error', () => undefined)
  child.unref()
}
