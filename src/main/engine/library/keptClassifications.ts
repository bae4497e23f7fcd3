import path from 'node:path'
import type { Filings } from '../filing/filings.ts'
import { KeptClassification } from '../classify/kept.ts'

/** Those that are kept, by id. Each remembers where its lines begin. */
export class Classifications {
  private readonly root: string
  private readonly filings: Filings
  private readonly open = new Map<string, KeptClassification>()

  /** @param root see dataPaths @param filings what moves their photos */
  constructor(root: string, filings: Filings) {
    this.root = root
    this.filings = filings
  }

  /** It may not be there: then whatever is asked of it throws `not-found`. */
  of(id: string): KeptClassification {
    const kept = this.open.get(id) ?? new KeptClassification(path.join(this.root, id), this.filings)
    this.open.set(id, kept)
    return kept
  }

  forget(id: string): void {
    this.open.delete(id)
  }
}
