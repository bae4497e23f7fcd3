import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : ['']

/** Whether a program of that name lies on PATH. Nothing is started. */
export function onPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  return folders.some((folder) => suffixes.some((suffix) => existsSync(join(folder, program + suffix))))
}

const relevant = ['python3', 'python', 'py', 'pip3', 'pip', 'make', 'g++', 'c++', 'clang++', 'tar']

/** Those programs that set-up can make use of: if the list changes, what failed is worth another attempt. */
export const toolsOnPath = (): string[] => relevant.filter(onPath)

/** What is missing for compiling the addon, or undefined if everything is there. */
export function missingForCompiling(): string | undefined {
  // node-gyp finds Visual Studio by itself and says clearly if there is none.
  if (process.platform === 'win32')
    return onPath('python3') || onPath('python') || onPath('py') ? undefined : 'Python'
  if (!onPath('python3')) return 'python3'
  if (!onPath('make')) return 'make'
  return ['g++', 'c++', 'clang++'].some(onPath) ? undefined : 'a C++ compiler'
}
