/** Milliseconds that a page is waited for: that ends what hangs, and a busy machine may take its time. */
export const patience = 240_000
