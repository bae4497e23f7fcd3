import os from 'node:os'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  inAddress,
  isEverywhere,
  isLocal,
  nameFromHere,
  nameIn,
  namesOf,
  nameToPrint,
} from '../../../src/main/serve/names.ts'

const at = (address: string, family: 'IPv4' | 'IPv6', internal = false) =>
  ({ address, family, internal, netmask: '', mac: '', cidr: null }) as os.NetworkInterfaceInfo

function networks(...addresses: os.NetworkInterfaceInfo[]): void {
  vi.spyOn(os, 'networkInterfaces').mockReturnValue({
    lo: [at('127.0.0.1', 'IPv4', true), at('::1', 'IPv6', true)],
    none: undefined,
    wired: addresses,
  })
  vi.spyOn(os, 'hostname').mockReturnValue('darkroom')
}

afterEach(() => void vi.restoreAllMocks())

const both = [at('fe80::2', 'IPv6'), at('192.168.0.7', 'IPv4')]

describe('the name that a request is made under', () => {
  it.each([
    ['localhost:8479', 'localhost'],
    ['LocalHost', 'localhost'],
    ['[::1]:80', '[::1]'],
    ['[FE80::2]', '[fe80::2]'],
    ['photos.example:65535', 'photos.example'],
  ])('is found in %s', (host, name) => expect(nameIn(host)).toBe(name))

  it.each(['', 'a b', 'a/b', 'a:b', 'a:123456', '::1', '[::1', '[a.b/c]', ' a', 'a ', ':80'])(
    'is none in “%s”',
    (host) => expect(nameIn(host)).toBeUndefined(),
  )
})

describe('a server that listens everywhere', () => {
  it.each(['0.0.0.0', '::'])('on %s is told by the address that others reach first', (host) => {
    networks(...both)
    expect(isEverywhere(host)).toBe(true)
    expect(nameToPrint(host)).toBe('192.168.0.7')
    expect(nameFromHere(host)).toBe('127.0.0.1')
  })

  it('is told by its address of IPv6 where it has no other, and by this machine’s own without any network', () => {
    networks(both[0]!)
    expect(nameToPrint('::')).toBe('[fe80::2]')
    networks()
    expect(nameToPrint('::')).toBe('127.0.0.1')
  })

  it('answers to all of its addresses and names, and to those that a person adds', () => {
    networks(...both)
    expect(namesOf('0.0.0.0', ['Proxy.Example:8443', 'odd name'])).toEqual([
      ...['127.0.0.1', 'localhost', '[::1]', '192.168.0.7', '[fe80::2]'],
      ...['darkroom', 'darkroom.local', 'proxy.example', 'odd name'],
    ])
  })
})

describe('a server that listens at one address', () => {
  it('is told by it, and answers to it and to what this machine calls itself', () => {
    networks(...both)
    expect(isEverywhere('192.168.0.7')).toBe(false)
    for (const name of [nameToPrint, nameFromHere]) {
      expect(name('192.168.0.7')).toBe('192.168.0.7')
      expect(name('fe80::2')).toBe('[fe80::2]')
    }
    expect(namesOf('fe80::2', [])).toEqual(['127.0.0.1', 'localhost', '[::1]', '[fe80::2]'])
    expect(inAddress('127.0.0.1')).toBe('127.0.0.1')
  })

  it('is reached by nobody else only where that address is this machine’s own', () => {
    for (const own of ['localhost', '127.0.0.1', '127.9.8.7', '::1']) expect(isLocal(own), own).toBe(true)
    for (const other of ['0.0.0.0', '::', '10.127.0.0', '127.0.0.1.example', '127.0.0', '192.168.0.7'])
      expect(isLocal(other), other).toBe(false)
  })
})
