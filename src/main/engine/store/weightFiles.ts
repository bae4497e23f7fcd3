import { createHash } from 'node:crypto'
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { ThawError } from '../../../shared/errors.ts'
import { Preparation } from '../../../shared/preparation.ts'

/** A weight file of the person's own, as it was when it was added. */
export interface OwnWeights {
  id: string
  file: string
  bytes: number
  network: string | null
  classes: number | null
  /** How photos are prepared for it, as it says itself; null if it says nothing. */
  preparation: Preparation | null
}

function keptPreparation(text: SQLOutputValue | undefined): Preparation | null {
  return typeof text === 'string' ? Preparation.parse(JSON.parse(text)) : null
}

/** The weight files that a person has pointed to. They stay where they are. */
export class WeightFiles {
  private readonly database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.database = database
  }

  list(): OwnWeights[] {
    const rows = this.database
      .prepare('SELECT id, file, bytes, network, classes, preparation FROM weight_files ORDER BY file')
      .all()
    return rows.map((row) => ({
      id: String(row['id']),
      file: String(row['file']),
      bytes: Number(row['bytes']),
      network: row['network'] === null ? null : String(row['network']),
      classes: row['classes'] === null ? null : Number(row['classes']),
      preparation: keptPreparation(row['preparation']),
    }))
  }

  add(weights: Omit<OwnWeights, 'id'>): OwnWeights {
    const id = `own-${createHash('sha256').update(weights.file).digest('hex').slice(0, 16)}`
    this.database
      .prepare(
        'INSERT OR REPLACE INTO weight_files (id, file, bytes, network, classes, preparation) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(
        id,
        weights.file,
        weights.bytes,
        weights.network,
        weights.classes,
        weights.preparation && JSON.stringify(weights.preparation),
      )
    return { id, ...weights }
  }

  /** @returns what it was @throws ThawError not-found */
  remove(id: string): OwnWeights {
    const own = this.list().find((it) => it.id === id)
    if (!own) throw new ThawError('not-found', { what: 'this-weight-file' })
    this.database.prepare('DELETE FROM weight_files WHERE id = ?').run(id)
    return own
  }
}
