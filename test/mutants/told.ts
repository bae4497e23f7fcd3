import { isUnmet } from './sampled.ts'

/** What Stryker's reporters are told of a mutant that has been tried (@stryker-mutator/api, `MutantResult`). */
interface Tried {
  fileName: string
  location: { start: { line: number; column: number } }
  mutatorName: string
  replacement: string
  status: string
}

const caught = new Set(['Killed', 'Timeout'])

/** Names each mutant that nobody noticed as soon as it is known, with the score so far: a night's run that is ended early has told something. */
class Told {
  private killed = 0
  private total = 0

  onMutantTested(mutant: Tried): void {
    const { fileName, location, mutatorName, replacement, status } = mutant
    const missed = status === 'Survived' || isUnmet(mutant)
    if (caught.has(status)) this.killed += 1
    else if (!missed) return
    this.total += 1
    if (missed) {
      const change = replacement.replaceAll(/\s+/g, ' ').slice(0, 100)
      console.log(
        `${status} ${fileName}:${location.start.line}:${location.start.column} ${mutatorName} → ${change}`,
      )
    }
    if (this.total % 25 === 0) console.log(`so far ${this.killed} of ${this.total}`)
  }
}

export const strykerPlugins = [{ kind: 'Reporter', name: 'told', injectableClass: Told }]
