import type { DatabaseSync } from 'node:sqlite'
import type { Connection } from '../../../shared/api/app.ts'

/** Every connection to the internet that Thaw made, so that a person can check that there were no others. */
export class Connections {
  private readonly database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.database = database
  }

  add(url: string, why: string): void {
    this.database
      .prepare('INSERT INTO connections (at, url, why) VALUES (?, ?, ?)')
      .run(new Date().toISOString(), url, why)
  }

  /** Latest first. */
  list(): Connection[] {
    const rows = this.database.prepare('SELECT at, url, why FROM connections ORDER BY number DESC').all()
    return rows.map((row) => ({ when: String(row['at']), url: String(row['url']), why: String(row['why']) }))
  }
}
