import { evaluate } from "/work/main/rehearsal/evaluate";
import { readStackFile } from "/work/main/rehearsal/stack-file";
import { summarise } from "/work/main/rehearsal/report/summary";
import { renderText } from "/work/main/rehearsal/report/text";
(async () => { const s = readStackFile("aws-ha"); const t = Date.now();
const g = await evaluate({ ...s, config: { ...s.config, "openvidu:media": '{"mxa":3,"min":9}', "openvidu:region": "nowhere" } });
console.log(g.exitCode, Date.now() - t); console.log(renderText(summarise(g, s, { cloud: "aws" }, 1), { coloured: false, width: 110 })); })();
