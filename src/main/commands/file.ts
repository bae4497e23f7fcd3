import type { Command } from 'commander'
import { carryOut } from './filing.ts'
import { interrupted } from './interrupt.ts'

export function addFile(program: Command): void {
  program
    .command('file')
    .description('carries out a list that a dry run has shown, or goes on with one that was stopped')
    .argument('<id>', 'as the dry run has said')
    .addHelpText('after', '\nExample:\n  thaw file 20261125-101500-1a2b3c')
    .action(async (id: string, { json = false }: { json?: boolean }) => carryOut(id, json, interrupted()))
}
