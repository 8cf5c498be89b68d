/** Whether the name is a label as RFC 1123 defines it: what every namespace's name is, and safe in a path of the API. */
export function isNamespaceName(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name);
}
