/**
 * Places in a config, as lists of keys and indexes. Pure.
 */
export type Path = readonly PropertyKey[];

const plainKey = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** `media.min`, `access.operatorCidrs[0]`, `tags["cost centre"]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const key = String(part);
    if (!plainKey.test(key)) return `${text}[${shortened(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}

/** The value at a path, or nothing. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.hasOwn(value, part) ? (value as Record<PropertyKey, unknown>)[part] : undefined;
  }, root);
}

/** A copy of a JSON value without what stands at the given path. A list that would lose an item goes as a whole. */
export function without(root: unknown, path: Path): unknown {
  const inList = path.findIndex((part) => typeof part === "number");
  const [first, ...rest] = inList < 0 ? path : path.slice(0, inList);
  if (first === undefined || typeof root !== "object" || root === null || Array.isArray(root)) return root;
  const entries = Object.entries(root).flatMap(([key, value]) => {
    if (key !== first) return [[key, value] as const];
    return rest.length === 0 ? [] : [[key, without(value, rest)] as const];
  });
  return Object.fromEntries(entries);
}

/** A value as a message may show it: quoted, on one line, and not long. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "a group of settings";
  return typeof value === "string" ? shortened(value) : String(value);
}

const longestShown = 80;

function shortened(text: string): string {
  return JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);
}
