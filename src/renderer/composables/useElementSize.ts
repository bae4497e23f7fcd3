/** Inner width and height of an element, pixels; 0 until it is there. */
export { useElementSize } from '@vueuse/core'
