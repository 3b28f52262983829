/**
 * Makes the scripts of a node smaller without changing what they do: whole-line comments and blank lines go, except
 * where a line belongs to the text of a heredoc or of a triple-quoted string.
 */

const heredocStart = /<<(-?)\s*(?:"([A-Za-z_]\w*)"|'([A-Za-z_]\w*)'|\\?([A-Za-z_]\w*))/;

/** A shell script without comment lines and blank lines; its first line is kept if it names the interpreter. */
export function shrinkShell(text: string): string {
  const kept: string[] = [];
  let end: { readonly word: string; readonly tabs: boolean } | undefined;
  let continued = false;
  for (const [index, line] of text.split("\n").entries()) {
    if (end) {
      kept.push(line);
      if ((end.tabs ? line.replace(/^\t+/, "") : line) === end.word) end = undefined;
      continue;
    }
    const isNoise = /^\s*(#|$)/.test(line) && !(index === 0 && line.startsWith("#!"));
    // A comment after a trailing backslash is part of that command, so it has to stay.
    if (isNoise && !continued) continue;
    kept.push(line);
    continued = /(^|[^\\])(\\\\)*\\$/.test(line);
    const start = line.includes("<<<") ? null : heredocStart.exec(line);
    if (start) end = { word: start[2] ?? start[3] ?? start[4] ?? "", tabs: start[1] === "-" };
  }
  return `${kept.join("\n")}\n`;
}

/** A Python program without comment lines and blank lines. */
export function shrinkPython(text: string): string {
  const kept: string[] = [];
  let inText = false;
  for (const line of text.split("\n")) {
    const wasInText = inText;
    if ((line.match(/"""|'''/g)?.length ?? 0) % 2 === 1) inText = !inText;
    if (wasInText || !/^\s*(#|$)/.test(line)) kept.push(line);
  }
  return `${kept.join("\n")}\n`;
}

/** A systemd unit or other ini file without comment lines and blank lines. */
export function shrinkUnit(text: string): string {
  return `${text
    .split("\n")
    .filter((line) => !/^\s*([#;]|$)/.test(line))
    .join("\n")}\n`;
}
