/**
 * Import this before anything that makes zod schemas. zod would otherwise try whether it may compile code, which the strict
 * content security policy of the window forbids and reports.
 */
import { z } from 'zod'

z.config({ jitless: true })
