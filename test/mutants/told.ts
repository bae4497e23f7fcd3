/** What Stryker's reporters are told of a mutant that has been tried (@stryker-mutator/api, `MutantResult`). */
interface Tried {
  fileName: string
  location: { start: { line: number; column: number } }
  mutatorName: string
  replacement: string
  status: string
}

const caught = new Set(['Killed', 'Timeout'])
const missed = new Set(['Survived', 'NoCoverage'])

/** Names each mutant that nobody noticed as soon as it is known, with the score so far: a night's run that is ended early has told something. */
class Told {
  private killed = 0
  private total = 0

  onMutantTested({ fileName, location: { start }, mutatorName, replacement, status }: Tried): void {
    if (caught.has(status)) this.killed += 1
    else if (!missed.has(status)) return
    this.total += 1
    if (missed.has(status)) {
      const change = replacement.replaceAll(/\s+/g, ' ').slice(0, 100)
      console.log(`${status} ${fileName}:${start.line}:${start.column} ${mutatorName} → ${change}`)
    }
    if (this.total % 25 === 0) console.log(`so far ${this.killed} of ${this.total}`)
  }
}

export const strykerPlugins = [{ kind: 'Reporter', name: 'told', injectableClass: Told }]
