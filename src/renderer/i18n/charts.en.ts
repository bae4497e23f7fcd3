/** Tools of charts. */
export const chartsEn = {
  tools: 'This chart',
  logarithmic: 'Log scale',
  smoothing: 'Smoothing',
  whole: 'Show all epochs',
  csv: 'Save as CSV',
  png: 'Save as PNG',
  howTo: 'Drag over a part to look at it closely; Ctrl and the wheel zoom too.',
  best: 'best',
  bestText: 'Best epoch: {epoch}',
  plan: 'plan',
  planText: 'Another plan from epoch {epoch} on',
  stopped: 'stop',
  stoppedText: 'Stopped in epoch {epoch}',
  markers: 'Marked',
  rates: 'Learning rate by group',
}
