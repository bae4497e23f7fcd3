/** Labels of the photo room become folders on the disk. */
export const foldersEn = {
  open: 'Write to folders…',
  title: 'Write labels to folders: {name}',
  explained:
    'Photos move into the folders of their labels. Nothing moves before you have seen the list, everything is written down first, and can be undone.',
  stays: 'Photos without a label, and those that were left out, stay where they are.',
  nothing: 'Every photo lies in the folder of its label.',
  making: 'Making the list',
  again: 'Make the list again',
  back: 'Photos',
  moved: 'One photo moved | {count} photos moved',
} as const
