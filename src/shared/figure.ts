const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** A number of any size, with three digits: .0123 as 0.0123, 4.50, 1,060. Thousands are written in full, millions as 1.06e+6. */
export const figure = (value: number): string =>
  value >= 999.5 && value < 1e6 ? whole.format(value) : value.toPrecision(3)
