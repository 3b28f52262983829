/**
 * Colours for a terminal that wants them, and text in columns.
 */

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Colours, or none. */
export function createStyle(coloured: boolean): Style {
  const paint = (code: number) => (text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
  return Object.fromEntries(Object.entries(codes).map(([name, code]) => [name, paint(code)])) as unknown as Style;
}

/** Whether to colour: on a terminal, unless NO_COLOR is set to anything (https://no-color.org). */
export function wantsColour(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  return Boolean(stream.isTTY) && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
}

type Cell = string;

/** Columns padded to their widest cell; the last one is wrapped to fit `width`. */
export function table(rows: readonly (readonly Cell[])[], width: number, indent = "  "): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  const lastAt = widths.slice(0, -1).reduce((sum, each) => sum + each + 2, indent.length);
  const room = Math.max(24, width - lastAt);
  return rows.flatMap((row) => {
    const lead = row.slice(0, columns - 1).map((cell, at) => cell.padEnd(widths[at] ?? 0));
    const lines = wrap(row[columns - 1] ?? "", room);
    return lines.map((line, at) => {
      const start = at === 0 ? [indent, ...lead.map((cell) => `${cell}  `)].join("") : " ".repeat(lastAt);
      return `${start}${line}`.trimEnd();
    });
  });
}

/** Lines of at most `width` characters, broken at spaces. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
