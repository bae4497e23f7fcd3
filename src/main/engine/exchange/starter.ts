import path from 'node:path'
import { ThawError } from '../../../shared/errors.ts'
import type { Preparation } from '../../../shared/preparation.ts'
import type { RunRecord } from '../../../shared/run.ts'
import { writeAtomic } from '../files.ts'

/** Where a network's module is to be had in Python, and what it wants beside the number of classes. */
interface Module {
  package: 'torchvision.models' | 'timm'
  call: (classes: number) => string
}

const torchvision = (name: string): Module => ({
  package: 'torchvision.models',
  call: (classes) => `torchvision.models.${name}(num_classes=${classes})`,
})
const timm = (name: string, more = ''): Module => ({
  package: 'timm',
  call: (classes) => `timm.create_model("${name}", num_classes=${classes}${more})`,
})

/** Names that differ from ours by more than `-` for `_`. */
const named: Readonly<Record<string, Module>> = {
  'efficientnet-lite0': timm('tf_efficientnet_lite0'),
  'efficientnet-lite1': timm('tf_efficientnet_lite1'),
  'efficientnet-lite2': timm('tf_efficientnet_lite2'),
  'dinov2-small': timm('vit_small_patch14_dinov2', ', img_size=224'),
}

/** @throws ThawError export.no-module for networks that only Thaw has */
function moduleOf(network: string): Module {
  if (network.startsWith('tiny-')) throw new ThawError('export.no-module', { network })
  return named[network] ?? torchvision(network.replaceAll('-', '_'))
}

const tuple = (values: readonly number[]): string => `(${values.join(', ')})`

/** The steps that make a square of a photo. */
function squareSteps({ resize, crop, fit = 'crop', interpolation }: Preparation): string {
  const mode = interpolation.toUpperCase()
  if (fit === 'squash') return `T.Resize((${crop}, ${crop}), T.InterpolationMode.${mode})`
  if (fit === 'pad')
    return `T.Lambda(lambda it: ImageOps.pad(it, (${crop}, ${crop}), Image.Resampling.${mode}))`
  return `T.Resize(${resize}, T.InterpolationMode.${mode}), T.CenterCrop(${crop})`
}

const prepareLine = (preparation: Preparation): string =>
  `prepare = T.Compose([${squareSteps(preparation)}, ` +
  `T.ToTensor(), T.Normalize(${tuple(preparation.mean)}, ${tuple(preparation.std)})])`

/** A Python program that classifies a photo with the exported weights as Thaw does. */
export function starter(
  { network, classes, preparation }: Pick<RunRecord, 'network' | 'classes' | 'preparation'>,
  weights: string,
): string {
  const { package: from, call } = moduleOf(network)
  // A file's name may hold a line break, which would end the comment.
  const program = weights.replace(/\.pth$/, '.py').replaceAll(/[\r\n]/g, ' ')
  return `# python "${program}" photo.jpg
import pathlib, sys, torch, ${from === 'timm' ? 'timm' : 'torchvision'}
from PIL import Image, ImageOps
from torchvision import transforms as T

classes = ${JSON.stringify(classes)}
network = ${call(classes.length)}
network.load_state_dict(torch.load(pathlib.Path(__file__).with_name(${JSON.stringify(weights)}), weights_only=True))
network.eval()
${prepareLine(preparation)}
photo = ImageOps.exif_transpose(Image.open(sys.argv[1]))
photo = photo.point(lambda grey: grey / 256) if photo.mode.startswith("I") else photo  # 16 bits
with torch.inference_mode():
    print(dict(zip(classes, network(prepare(photo.convert("RGB"))[None])[0].softmax(0).tolist())))
`
}

/** The weights that the starter at this path reads: beside it, with its name. */
export const weightsBeside = (to: string): string =>
  path.join(path.dirname(to), `${path.basename(to, path.extname(to))}.pth`)

export const writeStarter = (to: string, record: RunRecord): Promise<void> =>
  writeAtomic(to, [starter(record, path.basename(weightsBeside(to)))])
