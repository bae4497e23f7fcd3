import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const flags = '--disable-warning=ExperimentalWarning'

/** Beside the app, or where the deb puts a copy of this file: /usr/bin. */
const unix = `#!/bin/sh
# The command line of the installed Thaw.
here=$(dirname "$(readlink -f "$0")")
for resources in "$here/.." /opt/Thaw/resources; do
  if [ -x "$resources/node/node" ]; then
    exec "$resources/node/node" ${flags} "$resources/engine/src/main/installed.ts" "$@"
  fi
done
echo "Thaw is not where this command was installed with it." >&2
exit 3
`

const windows = `@echo off\r\n"%~dp0..\\node\\node.exe" ${flags} "%~dp0..\\engine\\src\\main\\installed.ts" %*\r\n`

/** Writes the command `thaw` of the installed app: the engine's command line run by the app's own Node. */
export function writeCommands(folder: string): void {
  mkdirSync(folder, { recursive: true })
  if (process.platform === 'win32') {
    writeFileSync(join(folder, 'thaw.cmd'), windows)
    return
  }
  const file = join(folder, 'thaw')
  writeFileSync(file, unix)
  chmodSync(file, 0o755)
}
