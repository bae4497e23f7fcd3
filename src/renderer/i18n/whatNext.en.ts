/** *Without this photo*. */
export const whyEn = {
  title: 'Why {name}?',
  noPhoto: 'No photo is chosen',
  noPhotoText: 'Open one of the run’s photos and ask there why it is answered so.',
  asking: 'Asking the training photos…',
  looking: 'Features of {done} of {total} photos',
  flip: 'Without one training photo the answer would be {name} | Without any one of {n} training photos the answer would be {name}',
  noFlip: 'No single training photo decides: it stays {name} without each of them',
  text: 'Each of the {n} nearest training photos was left out in turn, and the last layer solved again. Exact, not estimated. It is about the last layer only: the layers below stay as they are.',
  leftOut: 'left out',
  withAll: '{probability} with all',
  alike: 'distance {distance}',
  flipsTo: 'flips to {name}',
  lessSure: 'less sure',
  surer: 'surer',
  same: 'as sure',
  others: 'The other {n} change it by at most {most}.',
  show: 'Show them',
  choose: 'Look at {photo}',
  lookAt: 'Look at this one',
  itIs: 'It is {name}',
  ownHead: 'The run’s own last layer',
  solvedHead: 'Solved on the same features',
  otherAnswer:
    'The run’s own last layer, trained in epochs, answers otherwise than the one that is solved exactly here. What follows is about the solved one.',
} as const

/** What would help a run most. */
export const nextEn = {
  curve: 'Learning curve',
  curveText:
    'Heads are learnt on growing shares of the training photos, each share several times, and asked about the validation photos: it shows whether more photos would help.',
  measure: 'Measure',
  measuring: 'Measuring…',
  extrapolated: 'extrapolated',
  trainingPhotos: 'Training photos',
  doubled:
    'With {photos} photos, twice as many, it would be about {accuracy} if the curve goes on like this.',
  notDoubled: 'How it would go on with more photos cannot be said from this curve.',
  ofWhich: 'More photos of which class?',
  enough: 'Enough: more photos like these of any one class would hardly help.',
  gain: 'up to +{gain} points, told by its last {photos} photos',
  gainText:
    'Measured by leaving part of a class’s photos out: what they brought, more of them bring at most again.',
  label: 'Label these next',
  labelText:
    '{n} photo has no label. The ones that this head can tell least teach it most. | {n} photos have no label. The ones that this head can tell least teach it most.',
  allLabelled: 'Every photo of the dataset has a label.',
  choose: 'Choose twenty',
  choosing: 'Choosing…',
  moreToLabel: 'The next twenty',
  spread: 'How much is chance?',
  spreadText:
    'Heads are learnt on other folds, and on other draws of the photos: how far accuracy moves shows what a difference between two runs is worth.',
  folds: '{n} folds | {n} folds',
  seeds: '{n} draws | {n} draws',
} as const
