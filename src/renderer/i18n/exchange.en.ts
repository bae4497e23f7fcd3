export const exchangeEn = {
  fits: 'This is {network}, with all its tensors.',
  otherHead: 'This is {network} but for its last layer. Train it with a new one: that is done by itself.',
  near: 'This comes nearest to {network}: {missing} tensors are missing, {unexpected} are unexpected, {misshapen} have another shape.',
  fitsNone: 'This is none of the networks here.',
  smallest: 'Smallest',
  largest: 'Largest',
  mean: 'Mean',
  deviation: 'Standard deviation',
  zeros: 'Zeros',
  notFinite: 'Not finite',
  histogram: 'How its values are spread, from {min} to {max}',
  values: 'Values',
  compare: 'Compare with a file…',
  comparedWith: 'Compared with {file}',
  comparedText:
    '{changed} tensors differ, {same} are the same to the bit; {onlyA} are only here, {onlyB} only there, {misshapen} have another shape.',
  moved: 'Moved',
  movedText:
    'The length of the step, as a share of the tensor’s own length. Those that moved most stand first.',
} as const
