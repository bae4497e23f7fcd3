/** What the other language has to say: the same keys, any text. */
export type Messages<T> = { readonly [K in keyof T]: string }
