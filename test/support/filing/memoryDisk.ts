import { createHash } from 'node:crypto'
import path from 'node:path'
import type { FileFacts, FileLayer } from '../../../src/main/engine/filing/fileLayer.ts'

interface Node {
  kind: FileFacts['kind']
  bytes: Buffer
  target: string
  modified: number
  accessed: number
  mode: number
  attributes: Map<string, string>
}

/** An error as node:fs throws it. */
export const systemError = (code: string, file: string): Error =>
  Object.assign(new Error(`${code}: '${file}'`), { code, path: file })

/* eslint-disable @typescript-eslint/require-await -- so that what a step throws comes as a rejection, as from the real disk */
/**
 * A disk in memory that keeps the real one's rules (test/main/engine/filing/fileLayer.test.ts runs the same steps on both), so that
 * thousands of faults cost seconds. Every folder right below the root is a disk of its own; those named `fat` keep no attributes.
 */
export class MemoryDisk implements FileLayer {
  readonly nodes = new Map<string, Node>()
  private clock = 1_700_000_000_000

  private now(): number {
    this.clock += 1000
    return this.clock
  }

  private make(kind: FileFacts['kind'], file: string, bytes: Buffer = Buffer.alloc(0), target = ''): void {
    if (this.nodes.has(file)) throw systemError('EEXIST', file)
    this.requireFolder(path.dirname(file))
    const time = this.now()
    this.nodes.set(file, {
      kind,
      bytes,
      target,
      modified: time,
      accessed: time,
      mode: kind === 'folder' ? 0o755 : 0o644,
      attributes: new Map(),
    })
  }

  private requireFolder(folder: string): void {
    if (folder === '/') return
    const node = this.nodes.get(folder)
    if (!node) throw systemError('ENOENT', folder)
    if (node.kind !== 'folder') throw systemError('ENOTDIR', folder)
  }

  private at(file: string): Node {
    const node = this.nodes.get(file)
    if (!node) throw systemError('ENOENT', file)
    return node
  }

  private file(file: string): Node {
    const node = this.at(file)
    if (node.kind === 'folder') throw systemError('EISDIR', file)
    return node
  }

  private static deviceOf(file: string): string {
    return file.split('/')[1] ?? ''
  }

  facts = async (file: string): Promise<FileFacts | undefined> => {
    const node = this.nodes.get(file)
    if (!node) return undefined
    const { kind, modified, accessed, mode } = node
    const device = createHash('sha1').update(MemoryDisk.deviceOf(file)).digest().readUInt32BE()
    return { kind, bytes: node.bytes.length, modified, accessed, mode, device }
  }
  reserve = async (file: string): Promise<void> => this.make('file', file)
  copy = async (from: string, to: string): Promise<void> => {
    const { bytes } = this.file(from)
    this.make('file', to, Buffer.from(bytes))
    this.at(to).mode = 0o600
  }
  rename = async (from: string, to: string): Promise<void> => {
    const node = this.at(from)
    this.requireFolder(path.dirname(to))
    if (MemoryDisk.deviceOf(from) !== MemoryDisk.deviceOf(to)) throw systemError('EXDEV', from)
    this.nodes.delete(from)
    this.nodes.set(to, node)
  }
  remove = async (file: string): Promise<void> => {
    this.file(file)
    this.nodes.delete(file)
  }
  link = async (target: string, link: string): Promise<void> => this.make('link', link, undefined, target)
  linkTarget = async (link: string): Promise<string> => this.at(link).target
  makeFolder = async (folder: string): Promise<void> => this.make('folder', folder)
  removeFolder = async (folder: string): Promise<void> => {
    this.at(folder)
    if ((await this.list(folder)).length > 0) throw systemError('ENOTEMPTY', folder)
    this.nodes.delete(folder)
  }
  setTimes = async (
    file: string,
    { accessed, modified }: Pick<FileFacts, 'accessed' | 'modified'>,
  ): Promise<void> => {
    Object.assign(this.at(file), { accessed, modified })
  }
  setMode = async (file: string, mode: number): Promise<void> => {
    this.at(file).mode = mode
  }
  attributes = async (file: string): Promise<string[]> => [...this.file(file).attributes.keys()].toSorted()
  copyAttributes = async (from: string, to: string): Promise<void> => {
    const { attributes } = this.file(from)
    const copy = this.file(to)
    if (attributes.size === 0) return
    if (!(await this.keepsAttributes(to))) throw systemError('ENOTSUP', to)
    for (const [name, value] of attributes) copy.attributes.set(name, value)
  }
  keepsAttributes = async (file: string): Promise<boolean> => !MemoryDisk.deviceOf(file).startsWith('fat')
  hash = async (file: string): Promise<string> =>
    createHash('sha256').update(this.file(file).bytes).digest('hex')
  read = async (file: string): Promise<Buffer> => Buffer.from(this.file(file).bytes)
  write = async (file: string, bytes: Uint8Array): Promise<void> =>
    this.make('file', file, Buffer.from(bytes))
  append = async (file: string, text: string): Promise<void> => {
    if (!this.nodes.has(file)) this.make('file', file)
    const node = this.file(file)
    node.bytes = Buffer.concat([node.bytes, Buffer.from(text)])
    node.modified = this.now()
  }
  sync = async (file: string): Promise<void> => void this.file(file)
  syncFolder = async (folder: string): Promise<void> => this.requireFolder(folder)
  requireWritable = async (folder: string): Promise<void> => {
    if ((this.at(folder).mode & 0o200) === 0) throw systemError('EACCES', folder)
  }
  list = async (folder: string): Promise<string[]> => {
    if (!this.nodes.has(folder)) return []
    return [...this.nodes.keys()]
      .filter((file) => path.dirname(file) === folder)
      .map((file) => path.basename(file))
  }
  free = async (): Promise<number> => 1e12
}
