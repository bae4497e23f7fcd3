/**
 * Environment of processes that compute: on Linux glibc (2.35 and later) asks for pages of 2 MB where it has memory for large tensors.
 * A product of matrices reads rows that lie kilobytes apart, and with pages of 4 KB the processor looks up an address for each;
 * docs/decisions.md tells what that cost. Elsewhere nothing reads it. What a person has set themselves stands: to be put behind this.
 */
export const largePages = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' } as const
