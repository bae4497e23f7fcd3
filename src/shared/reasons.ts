/**
 * Why something failed, or what it was that failed, where that is part of a sentence of errors.ts: a code there, words in the
 * person's language here (Korean: reasons.ko.ts). `{name}` stands for a parameter of the error. What other programs say in
 * their own words (pip, a driver, a decoder) has no code and is quoted as it is.
 */
export const reasonTexts = {
  // Files and disks
  'permission-denied': 'permission denied',
  'is-a-folder': 'it is a folder',
  'no-file': 'it is not a file',
  'no-answer': 'the disk does not answer',
  'too-many-open': 'too many files are open',
  'circular-links': 'its links go in a circle',
  'name-too-long': 'its name is too long',
  'no-folder': 'the folder does not exist',
  'path-no-folder': 'a part of its path is not a folder',
  'name-of-file': 'a file has this name',
  'name-of-folder': 'a folder has this name',
  'read-only': 'it is read-only',
  'cannot-open': 'it cannot be opened',
  'is-empty': 'it is empty',
  'too-large': 'it is larger than 2 GB',
  'not-utf8': 'its text is not UTF-8, as a spreadsheet saves it by “CSV UTF-8”',
  // Lists of photos
  'names-no-photos': 'it names no photos',
  'no-array': 'it holds no array',
  'no-json': 'it is not JSON',
  'no-table': 'it stops being a CSV table in line {line}',
  'no-part': '“{part}” is none of train, val and test',
  'no-crop': '“{crop}” is not a crop, which is left, top, width and height',
  // Weight files
  'bytes-missing': '{bytes} bytes at its end are missing',
  'bytes-left': '{bytes} bytes at its end belong to no tensor',
  'no-header': 'it has no header',
  'no-index': 'its end, with the list of its parts, is missing',
  encrypted: 'its entries are encrypted',
  'no-tensors': 'no tensors by name are in it',
  'numpy-arrays': 'arrays of NumPy in place of tensors, which torch.from_numpy turns into some',
  'only-optimizer': 'the state of an optimizer, without its network',
  'no-values': 'tensors without values, of PyTorch’s meta device',
  'is-distributed':
    'it is a part of a distributed checkpoint; dcp_to_torch_save of torch.distributed.checkpoint makes one file of all',
  'is-index': 'it only lists the files of a model that is in parts',
  'twin-tensorflow': 'it pads as TensorFlow does, and normalises with an eps of .001',
  'twin-symmetric': 'it pads the same on all sides, and normalises with an eps of .00001',
  'twin-smoothing': 'it blurs a map before it halves it',
  'names-transformers': 'Hugging Face’s transformers calls a network’s parts so',
  'names-numbered': 'its parts are only numbered, as fastai and torch.nn.Sequential do',
  'names-diffusion': 'it draws pictures',
  'names-clip': 'it compares photos with texts (CLIP)',
  'names-language': 'it is a language model',
  'names-adapter': 'it holds LoRA’s additions to another file, without the network itself',
  'unknown-type': 'values of the type {type}',
  'is-web-page': 'it is a web page',
  'is-lfs-pointer': 'it only points to one, and git-lfs would fetch it',
  'is-other-pickle': 'it is a pickle, but not one of PyTorch',
  'is-packed': 'it is packed, and has to be unpacked first',
  'is-other-zip': 'it is a zip archive, but not one of PyTorch',
  'is-several-zip': 'it is a zip archive of several files of PyTorch',
  'is-torchscript': 'it is a program of TorchScript',
  'is-exported': 'it is a program of torch.export',
  'is-package': 'it is a package of torch.package',
  'is-keras': 'it is an HDF5 file, as Keras writes',
  'is-numpy': 'it is an array of NumPy',
  'is-gguf': 'it is a GGUF file',
  'is-tflite': 'it is a TensorFlow Lite model',
  'is-tar': 'it is a tar archive; those that PyTorch wrote before 0.1.10, today’s PyTorch can save again',
  'unknown-beginning': 'its beginning is of no known format',
  'other-answers': 'it does not answer as the run does',
  // Downloads
  'server-answered': 'the server answered {status}',
  'server-unknown': 'no server of this name is found, or there is no connection to the internet',
  'server-unreachable': 'the server is not reached',
  'connection-refused': 'the server, or the proxy, takes no connection',
  'connection-broke': 'the connection broke',
  certificate: 'the server’s certificate is not trusted ({problem})',
  'proxy-answered': 'the proxy answered {status}',
  'proxy-password':
    'the proxy wants a name and a password, or other ones; they stand before its address, as in http://name:password@proxy:8080',
  'redirected-unprotected': 'it is redirected to the unprotected address {address}',
  'redirected-too-often': 'it is redirected too often',
  'sent-other-part': 'the server sent another part than was asked for',
  'offers-other-size': 'the server offers {offered} bytes instead of {bytes}',
  'sent-nothing': 'the server sent nothing',
  'sent-nothing-for': 'nothing arrived for {seconds} seconds',
  'sent-too-much': 'more than {bytes} bytes arrived',
  'sent-too-little': 'only {arrived} of {bytes} bytes arrived',
  'pip-names-none': 'it named no address of {package}',
  // Runs and settings
  'checkpoint-incomplete': 'its checkpoint is not complete',
  'weights-per-class': 'classWeights has {given} numbers for {classes} classes',
  'weights-all-zero': 'all of classWeights are 0, so that no photo teaches anything',
  'nesterov-without-momentum': 'nesterov needs a momentum above 0',
  'fast-needs-tensorflow': 'precision fast needs the TensorFlow backend',
  'to-train': 'train',
  'to-validate': 'validate',
  'to-test': 'test',
  // Augmentations: what is wanted of a value, and what does not fit together
  'augment-number': 'a number from {least} to {most}',
  'augment-range': 'two numbers from {least} to {most}, the smaller first',
  'augment-number-or-range': 'a number, or two from {least} to {most}, the smaller first',
  'augment-odd': 'an odd number from {least} to {most}, or two of them',
  'augment-whole': 'a whole number from {least} to {most}',
  'augment-colour': 'a level from 0 to 255, or three of them',
  'augment-interpolation': 'nearest, bilinear or bicubic',
  'augment-boolean': 'true or false',
  'augment-point': 'two numbers, across and down,',
  'augment-no-list': 'it is no list of transforms',
  'augment-two-crops': 'RandomResizedCrop may stand in it only once',
  'augment-expand': 'RandomRotation may expand only before RandomResizedCrop',
  // What is busy, gone or refused
  'the-lock': 'The lock',
  'the-trainer': 'The trainer',
  'the-catalogue': 'The catalogue',
  'the-gpu-pack': 'The GPU pack',
  'the-dataset': 'The dataset',
  'this-run': 'This run',
  'this-training': 'This run at the trainer',
  'this-job': 'This job',
  'pausing-this': 'Pausing work that cannot go on where it was',
  'pausing-so-early': 'Pausing before the first batch',
  'retrying-this': 'Trying again what has not failed',
  'moving-this': 'Moving what does not wait',
  'this-download': 'This download',
  'this-photo': 'This photo',
  'this-layer': 'This layer',
  'this-class': 'This class',
  'this-picture': 'This picture',
  'this-page': 'This page',
  'this-result': 'This result',
  'this-selection': 'This selection of photos',
  'this-weight-file': 'This weight file',
  'a-tensor': 'The tensor “{tensor}” of “{file}”',
  'a-run-not-paused': 'Another plan for a run that is not paused',
  'remove-starter': 'Removing the starter weights',
  'no-dialog': 'A place that no dialog was answered with',
  // Wrong usage of the command line
  'give-model': 'Give --run, --backbone or --weights',
  'give-target': 'Give --file-to with --dry-run',
  'give-runs': 'Give two to {most} runs',
  'to-or-csv': 'Give either --to or --csv',
  'keep-run-folder': 'The run’s own folder keeps its files as they are',
  variable: '{variable} is “{value}”; known are {known}',
  'file-no-json': '“{file}” is not JSON',
  'file-cannot-open': '“{file}” cannot be opened',
  'file-no-object': '“{file}” is not a JSON object',
  'plan-name': '“{given}” is none of {known}, nor a JSON file',
  // Settings and plans that were written by hand
  'setting-type': '{setting}: another kind of value is expected ({wanted})',
  'setting-least': '{setting}: at least {limit}',
  'setting-most': '{setting}: at most {limit}',
  'setting-above': '{setting}: more than {limit}',
  'setting-below': '{setting}: less than {limit}',
  'setting-known': '{setting}: known are {known}',
  'setting-unknown': 'there is no setting named {setting}',
  'setting-other': '{setting}: this value does not fit',
  'settings-other': 'the values of {settings}',
} satisfies Record<string, string>

export type ReasonCode = keyof typeof reasonTexts

/** The texts of a language. Korean also quotes what has no code, so that no foreign words run on in its sentence. */
export interface Reasons {
  texts: Readonly<Record<ReasonCode, string>>
  quoted: (text: string) => string
}

export const englishReasons: Reasons = { texts: reasonTexts, quoted: (text) => text }

/** The parameters of an error that say why: `new ThawError('weights.truncated', { file, ...because('bytes-missing', { bytes }) })`. */
export const because = <P extends Record<string, string | number>>(
  reason: ReasonCode,
  parameters?: P,
): { reason: ReasonCode } & P => ({ reason, ...(parameters as P) })

/** The parameters of an error that may hold a code of this table. */
export const reasonNames: ReadonlySet<string> = new Set(['reason', 'what', 'split'])

export const isReason = (text: string): text is ReasonCode => Object.hasOwn(reasonTexts, text)
