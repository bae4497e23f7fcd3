/** Names that Windows keeps for devices, with any extension. */
const devices = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i

/** Whether Windows takes a file's or folder's name for a device's (learn.microsoft.com, “Naming Files, Paths, and Namespaces”). */
export const isDeviceName = (name: string): boolean => devices.test(name)
