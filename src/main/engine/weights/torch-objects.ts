import { ThawError } from '../../../shared/errors.ts'
import { because } from '../../../shared/reasons.ts'
import type { DType } from './dtypes.ts'
import { fromStorageClass, isDType } from './dtypes.ts'
import type { PickleRules, PickleValue } from './pickle-values.ts'
import { GlobalName, Inert, PickleObject, Stray } from './pickle-values.ts'
import type { View } from './strided.ts'

/** A storage that a pickle refers to: its bytes stand elsewhere in the file. */
export class StorageReference extends PickleObject {
  readonly kind = 'storage'
  readonly key: string
  readonly dtype: DType
  /** Elements that the pickle claims it has. */
  readonly elements: number
  /** Elements to skip: very old files have storages that are views of others. */
  readonly offset: number

  constructor(key: string, dtype: DType, elements: number, offset: number) {
    super()
    this.key = key
    this.dtype = dtype
    this.elements = elements
    this.offset = offset
  }
}

/** A tensor as a pickle describes it. Its numbers are unchecked. */
export class TensorReference extends PickleObject {
  readonly kind = 'tensor'
  readonly storage: StorageReference
  readonly view: View

  constructor(storage: StorageReference, view: View) {
    super()
    this.storage = storage
    this.view = view
  }
}

/**
 * What people save beside their tensors and torch.load gives back: harmless by its name, and nothing that a network is made of. Anything
 * else that is not known stays refused.
 */
const strays = new Set([
  'numpy.core.multiarray._reconstruct',
  'numpy._core.multiarray._reconstruct',
  'numpy.core.numeric._frombuffer',
  'numpy._core.numeric._frombuffer',
  'argparse.Namespace',
  'datetime.date',
  'datetime.datetime',
  'datetime.timedelta',
  'datetime.timezone',
  'pathlib.Path',
  'pathlib.PosixPath',
  'pathlib.PurePosixPath',
  'pathlib.WindowsPath',
  'pathlib.PureWindowsPath',
  // What Lightning calls hyper_parameters.
  'lightning.fabric.utilities.data.AttributeDict',
  'lightning_fabric.utilities.data.AttributeDict',
  'pytorch_lightning.utilities.parsing.AttributeDict',
  'types.SimpleNamespace',
  // What Hydra's users keep as their settings.
  ...[
    'dictconfig.DictConfig',
    'listconfig.ListConfig',
    'base.ContainerMetadata',
    'base.Metadata',
    ...['Any', 'Boolean', 'Bytes', 'Enum', 'Float', 'Integer', 'Path', 'String'].map(
      (it) => `nodes.${it}Node`,
    ),
  ].map((it) => `omegaconf.${it}`),
  'torch._utils._rebuild_sparse_tensor',
  'torch._utils._rebuild_sparse_csr_tensor',
])

/** Tensors of whole numbers whose factors stand beside them, and layers that compute with such. */
const quantised =
  /^(torchao|bitsandbytes|optimum\.quanto|quanto)\.|^torch\._utils\._rebuild_qtensor$|^torch\.(ao\.)?nn\.(intrinsic\.)?quantized\./

/** What is made of a class by name, as pickles of protocols 0 and 1 have it: (class, object, nothing). */
const reconstructors = new Set(['copyreg._reconstructor', 'copy_reg._reconstructor'])

export interface TorchRules extends PickleRules {
  persistent: (id: PickleValue) => StorageReference
}

/** The names from torch, NumPy and Python that stand in state_dicts, and nothing else. */
export function torchRules(file: string): TorchRules {
  const damaged = (detail: string) =>
    new ThawError('weights.damaged', { file, ...because('pickle-wrong', { detail }) })

  function tensor(args: readonly PickleValue[], dtype?: PickleValue): TensorReference {
    const [storage, offset, shape, strides, , , metadata] = args
    if (!(storage instanceof StorageReference)) throw damaged('a tensor has no storage')
    if (typeof offset !== 'number' || !isNumbers(shape) || !isNumbers(strides))
      throw damaged('a tensor has no valid shape')
    if (isLazy(metadata)) throw new ThawError('weights.unsupported', { file, ...because('conjugated') })
    return new TensorReference(storage, {
      dtype: dtype === undefined ? storage.dtype : typeNamed(dtype),
      shape,
      strides,
      offset: storage.offset + offset,
    })
  }

  function typeNamed(value: PickleValue): DType {
    const name = value instanceof GlobalName ? value.name.replace(/^torch\./, '') : 'unknown'
    if (isDType(name)) return name
    throw new ThawError('weights.unsupported', { file, ...because('unknown-type', { type: name }) })
  }

  /** Python 2 gives OrderedDict its items as a list of pairs, Python 3 sets them afterwards. */
  function dictionary(args: readonly PickleValue[]): PickleValue {
    const pairs = args[0] instanceof GlobalName ? [] : (args[0] ?? [])
    if (pairs instanceof Map) return new Map(pairs)
    if (!Array.isArray(pairs)) throw damaged('a dictionary has no items')
    return new Map(
      pairs.map((pair): [PickleValue, PickleValue] => {
        if (!Array.isArray(pair) || pair.length !== 2)
          throw damaged('a dictionary has an item that is no pair')
        return [pair[0]!, pair[1]!]
      }),
    )
  }

  const first = (args: readonly PickleValue[]): PickleValue => args[0] ?? []
  const inert = (): PickleValue => new Inert()
  const tensorOrParameter = new Set(['torch.Tensor', 'torch.nn.parameter.Parameter'])
  const known: Readonly<Record<string, (args: readonly PickleValue[]) => PickleValue>> = {
    'collections.OrderedDict': (args) => dictionary(args),
    'collections.defaultdict': (args) => dictionary(args),
    'collections.Counter': (args) => dictionary(args),
    'builtins.dict': (args) => dictionary(args),
    'builtins.list': (args) => first(args),
    'builtins.tuple': (args) => first(args),
    'builtins.set': (args) => first(args),
    'builtins.frozenset': (args) => first(args),
    'builtins.bytearray': inert,
    'builtins.complex': inert,
    'torch.Size': (args) => first(args),
    'torch.device': inert,
    'torch.serialization._get_layout': inert,
    'torch._utils._rebuild_tensor': (args) => tensor(args),
    'torch._utils._rebuild_tensor_v2': (args) => tensor(args),
    'torch._utils._rebuild_tensor_v3': (args) => tensor(args, args[6]),
    'torch._utils._rebuild_parameter': (args) => first(args),
    'torch._utils._rebuild_parameter_with_state': (args) => first(args),
    'torch.nn.parameter.Parameter': (args) => first(args),
    // A tensor with Python attributes: (function, class, arguments, attributes).
    'torch._tensor._rebuild_from_type_v2': ([rebuild, type, args]) => {
      if (!(rebuild instanceof GlobalName && type instanceof GlobalName && Array.isArray(args)))
        throw damaged('a tensor is described in an unknown way')
      if (!tensorOrParameter.has(type.name))
        throw new ThawError('weights.needs-code', { file, name: type.name })
      return call(rebuild.name, args)
    },
    'torch._utils._rebuild_meta_tensor_no_storage': () => {
      throw new ThawError('weights.unsupported', { file, ...because('no-values') })
    },
    '_codecs.encode': inert,
    'numpy.dtype': inert,
    'numpy.core.multiarray.scalar': inert,
    'numpy._core.multiarray.scalar': inert,
  }

  function call(name: string, args: readonly PickleValue[]): PickleValue {
    const [type] = args
    const made = reconstructors.has(name) && type instanceof GlobalName ? type.name : name
    if (strays.has(made)) return new Stray(made)
    const make = Object.hasOwn(known, name) ? known[name] : undefined
    if (!make && quantised.test(made)) throw new ThawError('weights.quantised', { file, type: made })
    if (!make) throw new ThawError('weights.needs-code', { file, name })
    return make(args)
  }

  return {
    call,
    /** ('storage', class, key, device, elements, view?): the device does not matter, values are read as any other. */
    persistent: (id) => {
      const [kind, type, key, , elements, part] = Array.isArray(id) ? id : []
      if (kind === 'module') throw new ThawError('weights.needs-code', { file, name: 'a whole module' })
      if (kind !== 'storage' || !(type instanceof GlobalName) || typeof elements !== 'number')
        throw damaged('its pickle refers to something unknown')
      if (typeof key !== 'string') throw damaged('a storage has no name')
      if (!Array.isArray(part)) return new StorageReference(key, storageType(type.name, file), elements, 0)
      const [, offset, viewed] = part // (name of the view, offset, elements)
      if (typeof offset !== 'number' || typeof viewed !== 'number')
        throw damaged('a storage has no valid part')
      return new StorageReference(key, storageType(type.name, file), elements, offset)
    },
  }
}

/** "torch.FloatStorage", "torch.cuda.FloatStorage"; an untyped storage counts bytes. */
function storageType(name: string, file: string): DType {
  const type = /^torch\.(?:cuda\.|storage\.)?_?(\w+)$/.exec(name)?.[1] ?? name
  if (/^Q\w*Storage$/.test(type)) throw new ThawError('weights.quantised', { file, type: name })
  const dtype = type === 'UntypedStorage' ? 'uint8' : fromStorageClass(type)
  if (dtype) return dtype
  throw new ThawError('weights.unsupported', { file, ...because('unknown-type', { type: name }) })
}

/** Whether a tensor's values are those of its storage with the sign turned, which PyTorch does only when they are read. */
const isLazy = (metadata: PickleValue | undefined): boolean =>
  metadata instanceof Map && (metadata.get('conj') === true || metadata.get('neg') === true)

const isNumbers = (value: PickleValue | undefined): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number')
