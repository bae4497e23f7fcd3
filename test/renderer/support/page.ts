import { flushPromises } from '@vue/test-utils'

/** What a person finds in the window, dialogs and top bar included, by what it is called. */
const nameOf = (element: Element): string =>
  (element.getAttribute('aria-label') ?? element.textContent).replace(/\s+/g, ' ').trim()

const fits = (element: Element, name: string | RegExp): boolean =>
  typeof name === 'string' ? nameOf(element) === name : name.test(nameOf(element))

export function all(selector: string, name?: string | RegExp): HTMLElement[] {
  const found = [...document.querySelectorAll<HTMLElement>(selector)]
  return name === undefined ? found : found.filter((it) => fits(it, name))
}

/** The first button, link or choice of this name. @throws if there is none */
export function control(name: string | RegExp): HTMLElement {
  const found = all('button, a, summary, .radio, [role="option"]', name)[0]
  if (!found) throw new Error(`Nothing is called ${String(name)}:\n${document.body.textContent}`)
  return found
}

export async function press(name: string | RegExp): Promise<void> {
  control(name).click()
  await flushPromises()
}

/** All that is to be read in the window, with single spaces. */
export const text = (): string => document.body.textContent.replace(/\s+/g, ' ').trim()

/** A promise that is settled from outside. */
export function later<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
