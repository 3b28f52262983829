/** The place at which lint.test.ts tries type-aware rules; the linter gets other text than this. */
export {};
