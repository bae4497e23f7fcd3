import { DatabaseSync } from 'node:sqlite'

/** Tables of which no file in the data folder holds the same, with what is copied of them. */
const irreplaceable = {
  weight_files: ['id', 'file', 'bytes', 'network', 'classes', 'preparation'],
  connections: ['at', 'url', 'why'],
}

/** Copies into a new catalogue what can still be read of a broken one. */
export function salvage(database: DatabaseSync, broken: string): void {
  for (const [table, wanted] of Object.entries(irreplaceable)) {
    let old: DatabaseSync | undefined
    try {
      old = new DatabaseSync(broken, { readOnly: true })
      // One of an older version lacks some.
      const there = new Set(
        old
          .prepare('SELECT name FROM pragma_table_info(?)')
          .all(table)
          .map(({ name }) => name),
      )
      const columns = wanted.filter((column) => there.has(column))
      const insert = database.prepare(
        `INSERT OR IGNORE INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`,
      )
      for (const row of old.prepare(`SELECT ${columns.join()} FROM ${table}`).iterate())
        insert.run(...columns.map((column) => row[column]!))
    } catch {
      // As far as the damage: what was read until there is kept.
    } finally {
      old?.close()
    }
  }
}
