/**
 * PEM texts as a stack file holds them: whole, in base64. Pure.
 */

/** The blocks of one kind, in order, from a base64-encoded PEM text; none if it holds no such block. */
export function pemBlocks(base64: string, label: string): string[] {
  const text = Buffer.from(base64, "base64").toString("latin1");
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  return text
    .split(begin)
    .slice(1)
    .flatMap((part) => (part.includes(end) ? [`${begin}${part.slice(0, part.indexOf(end))}${end}\n`] : []));
}
