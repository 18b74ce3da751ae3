/** Writes docs/session.svg: the demo as a person sees it, at the moment of the first question. */
import { writeFileSync } from "node:fs";
import { createDemo } from "./demo/world.ts";
import { drawScreen } from "./screen-svg.ts";

const COLUMNS = 140;
const ROWS = 18;

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => interrupted.abort(new Error(`stopped by ${signal}`)));
}
// As wide as the person's terminal, and a line less high: the last one is tmux's status line.
const demo = createDemo(interrupted.signal, `size: { columns: ${COLUMNS}, rows: ${ROWS - 1} }\n`);
try {
  await demo.conductor("launch", demo.file("team.yaml"));
  await demo.reaches("lead", "idle");
  const person = await demo.attach("lead", { columns: COLUMNS, rows: ROWS });
  await demo.conductor("send", "lead", "ship the greeting", "--wait");
  await demo.asked("dev");
  let screen = "";
  await demo.until(async () => {
    screen = await person.screen();
    return screen.includes("▸1") && screen.includes("approval waits");
  }, "the side pane shows the question, and takes keys");
  const title = "lead on the left; on the right the side pane with dev's question and the team";
  writeFileSync(
    "docs/session.svg",
    await drawScreen(screen, { columns: COLUMNS, rows: ROWS, title }),
  );
} finally {
  await demo.remove();
}
