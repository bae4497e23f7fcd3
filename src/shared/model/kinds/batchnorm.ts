import type { BatchNorm } from '../spec.ts'
import { tensor } from '../tensor.ts'
import type { Kind } from './kind.ts'

export const batchnorm: Kind<BatchNorm> = {
  output: (_, input) => input,
  tensors: ({ features }, name) => [
    tensor(`${name}.weight`, [features]),
    tensor(`${name}.bias`, [features]),
    tensor(`${name}.running_mean`, [features], { role: 'buffer' }),
    tensor(`${name}.running_var`, [features], { role: 'buffer' }),
    tensor(`${name}.num_batches_tracked`, [], { role: 'buffer', dtype: 'int64' }),
  ],
  keeps: () => ({ input: true }),
}
