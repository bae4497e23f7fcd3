/** The formulas are shared with the window, which draws them. */
export * from '../../../shared/schedule.ts'
