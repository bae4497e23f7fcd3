import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { aHost, bothReady, photosIn, testFolder } from '../../support/engine/host.ts'
import { aRecord } from '../../support/engine/records.ts'
import { startedServe } from '../../support/engine/serve.ts'
import { put } from '../../support/folder.ts'

/** A disk of four megabytes, where this process may mount one: as root on Linux. */
const disk = mkdtempSync(path.join(tmpdir(), 'thaw-disk-'))
const mount = (...options: string[]) => spawnSync('mount', [...options, disk]).status === 0
const isMounted = mount('-t', 'tmpfs', '-o', 'size=4m', 'tmpfs')
afterAll(async () => {
  if (isMounted) spawnSync('umount', ['--lazy', disk])
  await rm(disk, { recursive: true, force: true })
})

describe.skipIf(!isMounted)('A small disk', () => {
  const home = path.join(disk, 'home')
  const env = {
    ...process.env,
    ...{ THAW_HOME: home, THAW_CACHE: path.join(home, 'cache') },
    // By itself what is kept of compiled code would fill this disk.
    NODE_DISABLE_COMPILE_CACHE: '1',
  }

  test('that is full stops what would be written, says so, and all goes on once there is space', async () => {
    const { open, get, cookie, origin, serving } = await startedServe({ env })
    const { client } = await open()
    const folder = await photosIn(await testFolder(), ['a', 'b'])
    const { id } = await client.call('datasets.add', { folder })
    const { photos } = await client.call('datasets.photos', { dataset: id })
    const upload = (bytes: number) =>
      get('/upload?batch=b&name=a.jpg', {
        method: 'POST',
        body: Buffer.alloc(bytes),
        headers: { cookie, origin },
      })
    const thumbnail = () => get(`/thumb/${photos[0]!.id}`)

    await expect.poll(() => serving.host.states()).toMatchObject(bothReady)
    const filler = path.join(disk, 'filler')
    await writeFile(filler, Buffer.alloc(8e6)).catch(() => undefined)
    for (const full of [
      () => client.call('settings.set', { theme: 'dark' }),
      () => client.call('datasets.rename', { dataset: id, name: 'Insects' }),
      () => client.call('selections.make', { paths: [folder] }),
      () => client.call('sample.draw', {}),
    ])
      await expect(full()).rejects.toMatchObject({ code: 'disk.full' })
    // A run that finds no room leaves nothing either.
    const theirs = await testFolder()
    await put(path.join(theirs, 'run.json'), JSON.stringify(aRecord({ id: 'theirs' })))
    await put(path.join(theirs, 'best.safetensors'), Buffer.alloc(1e6))
    const { job } = await client.call('jobs.start', { kind: 'addRun', subject: 'theirs', folder: theirs })
    await expect
      .poll(() => client.call('jobs.get', { job }), { timeout: 10_000 })
      .toMatchObject({ state: 'failed', error: { code: 'disk.full' } })
    expect(await readdir(path.join(home, 'runs')).catch(() => [])).toEqual([])
    // A picture that cannot be kept is shown all the same.
    expect((await thumbnail()).status).toBe(200)
    const answer = await upload(50e6)
    expect(answer.status).toBe(507)
    expect(await answer.json()).toMatchObject({ code: 'upload.no-space' })
    expect((await client.call('datasets.list', {})).datasets).toMatchObject([{ id, train: [2, 2] }])

    await rm(filler)
    expect(await client.call('settings.set', { theme: 'dark' })).toMatchObject({ theme: 'dark' })
    expect((await thumbnail()).status).toBe(200)
    expect((await upload(1e6)).status).toBe(200)
    expect(serving.host.states()).toMatchObject(bothReady)
    await serving.close()
  })

  test('that may only be read is named', async () => {
    expect(mount('-o', 'remount,ro')).toBe(true)
    const { host, client } = await aHost(home, { env })
    await expect(client.call('settings.get', {})).rejects.toMatchObject({ code: 'disk.read-only' })
    const sent = host.uploads.receive({ batch: 'b', name: 'a.jpg', body: new Response('x').body })
    await expect(sent).rejects.toMatchObject({ code: 'disk.read-only', parameters: { folder: home } })
    await host.close()
  })
})
