/** Nested deeper than `{ tensor: { shape: [` nothing in a safetensors header is. */
const deepest = 3

/**
 * What JSON.parse does not tell: the first key that stands twice at the top level, or too deep a nesting (which could make the
 * parser fill the memory). Text that is no JSON may give any answer: JSON.parse refuses it.
 */
export function headerProblem(text: string): string | undefined {
  const keys = new Set<string>()
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!
    if (char === '{' || char === '[') depth += 1
    else if (char === '}' || char === ']') depth -= 1
    if (depth > deepest) return 'its header is nested too deeply'
    if (char !== '"') continue
    const start = at
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1
    if (depth !== 1 || !/^\s*:/.test(text.slice(at + 1, at + 100))) continue
    const key = unquoted(text.slice(start, at + 1))
    if (keys.has(key)) return `the name ${key} stands in it twice`
    keys.add(key)
  }
  return undefined
}

/** The string itself, so that "a" and "\u0061" count as the same. */
function unquoted(json: string): string {
  try {
    return String(JSON.parse(json))
  } catch {
    return json
  }
}
