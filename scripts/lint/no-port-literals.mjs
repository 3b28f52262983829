/**
 * ESLint rule: port numbers are written in openvidu/ports.ts only. It finds a number, or a string of digits, in two
 * places: as the value of something that is called a port, and anywhere if it is a port of OpenVidu that is unlikely to
 * be anything else (8080 or 7880, say, but not 80 or 3000, which may well be a percentage or a disk's speed).
 */
import { readFileSync } from "node:fs";

const source = readFileSync(new URL("../../openvidu/ports.ts", import.meta.url), "utf8");

/** Ports that no other number in the project looks like: not below 1024, and not a round thousand. */
export const tellingPorts = new Set(
  [...source.matchAll(/\b(?:one|range)\((\d+)(?:, (\d+))?\)/g)]
    .flatMap(([, first, last]) => [first, last])
    .filter((port) => port !== undefined)
    .map(Number)
    .filter((port) => port >= 1024 && port % 1000 !== 0 && port !== 65535),
);

const portName = /(^p|P)ort(s|Ranges?)?$/;
const digits = /^\d+(-\d+)?$/;

function isPortLike(value) {
  return typeof value === "number" || (typeof value === "string" && digits.test(value));
}

function nameOf(node) {
  return node.type === "Identifier" ? node.name : node.type === "Literal" ? String(node.value) : "";
}

function literalsOf(node) {
  return node.type === "ArrayExpression" ? node.elements.filter(Boolean) : [node];
}

export const noPortLiterals = {
  meta: {
    type: "problem",
    docs: { description: "keep port numbers in openvidu/ports.ts" },
    schema: [],
    messages: { literal: "port {{value}} belongs in openvidu/ports.ts; take it from a flow or a listener" },
  },
  create(context) {
    const report = (node) => context.report({ node, messageId: "literal", data: { value: String(node.value) } });
    const reported = new Set();
    return {
      Property(node) {
        if (!portName.test(nameOf(node.key))) return;
        for (const literal of literalsOf(node.value)) {
          if (literal.type !== "Literal" || !isPortLike(literal.value)) continue;
          reported.add(literal);
          report(literal);
        }
      },
      "Literal:exit"(node) {
        if (reported.has(node) || !isPortLike(node.value)) return;
        if (
          String(node.value)
            .split("-")
            .some((part) => tellingPorts.has(Number(part)))
        )
          report(node);
      },
    };
  },
};
