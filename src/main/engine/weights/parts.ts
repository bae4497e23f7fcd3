/** Which of how many files a model was cut into, by its name: "model-00002-of-00005.safetensors". null: it is whole. */
export function partOf(file: string): { part: number; parts: number } | null {
  const [, part, parts] = /-(\d{5})-of-(\d{5})\.\w+$/.exec(file) ?? []
  return part !== undefined && parts !== undefined && Number(parts) > 1
    ? { part: Number(part), parts: Number(parts) }
    : null
}
