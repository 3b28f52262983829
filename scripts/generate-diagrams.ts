/**
 * Draws the pictures of the example clusters in docs/images/ from rehearsals of their stacks, so that they show what the
 * program does. `--check` writes nothing and fails when a picture is stale.
 */
import path from "node:path";
import { evaluate } from "../rehearsal/evaluate";
import { renderSvg } from "../rehearsal/report/svg";
import { topologyFromGraph } from "../rehearsal/report/topology";
import { readStackFile } from "../rehearsal/stack-file";
import { type GeneratedFiles, writeOrCheck } from "./generated-files";

/** Picture by the example stack that it shows. */
const pictures = {
  "aws-ha": "docs/images/ha.svg",
  "azure-ha": "docs/images/ha-azure.svg",
  "onprem-ha-dns": "docs/images/ha-onprem.svg",
  "aws-elastic": "docs/images/elastic.svg",
  "aws-enterprise-v2": "docs/images/enterprise-v2.svg",
} as const;

async function draw(): Promise<GeneratedFiles> {
  const files: Record<string, string> = {};
  for (const [stack, file] of Object.entries(pictures)) {
    const config = readStackFile(stack);
    const graph = await evaluate({ ...config, preview: false });
    if (graph.exitCode !== 0)
      throw new Error(`${stack} cannot be drawn: ${graph.refusals.map(({ message }) => message).join("; ")}`);
    const plain = (key: string): string => config.config[`${config.project}:${key}`] ?? "";
    files[file] = renderSvg(
      topologyFromGraph(graph, {
        cloud: plain("cloud"),
        edition: plain("edition"),
        region: plain("region"),
        domain: plain("domain"),
      }),
    );
  }
  return files;
}

draw().then(
  (files) => {
    process.exitCode = writeOrCheck(files, path.resolve(__dirname, ".."), process.argv.slice(2));
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
