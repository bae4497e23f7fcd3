/**
 * For `mousedown` where double clicks mean something: the second click would select the text that comes next in the page, even from
 * within what cannot be selected itself.
 */
export function keepUnselected(event: MouseEvent): void {
  if (event.detail > 1) event.preventDefault()
}
