// Preloaded into a measured program: leaves its life time and peak memory in the file named by OPENVIDU_BENCH_RESULT.
const { writeFileSync } = require("node:fs");
const file = process.env.OPENVIDU_BENCH_RESULT;
if (file) {
  process.on("exit", () => {
    const { maxRSS } = process.resourceUsage();
    writeFileSync(file, JSON.stringify({ milliseconds: performance.now(), mebibytes: maxRSS / 1024 }));
  });
}
