import { copilot as agent, answerFirstRun } from "../../tests/support/copilot.ts";
import { DATABASE, press, rest, type Scenario, scenes, send, until } from "./scenario.ts";

const FORM = {
  message: DATABASE.question,
  requestedSchema: {
    properties: {
      database: { type: "string", enum: DATABASE.options.map(({ label }) => label) },
    },
    required: ["database"],
  },
};
const asked = [until(/❯ 1\. Yes/), rest];
const refused = [press("Escape"), rest, press("C-c"), rest];

export const copilot: Scenario = {
  provider: "copilot",
  args: ["--no-auto-update"],
  env: ({ port, home }) => agent.env({ port, folder: home }),
  answerFirstRun,
  ready: /^❯[\s\S]* \/ commands/m,
  transcripts: ".copilot/session-state",
  scenes: [
    scenes.idle,
    scenes.draft("C-c"),
    scenes.completed,
    scenes.streaming,
    // Escape twice does it too, but only at the right pace.
    scenes.interrupted({ keys: ["C-c"], says: /HOLD-BEGIN[\s\S]*Operation cancelled/ }),
    {
      name: "permission",
      reach: [send("do:run touch made.txt"), ...asked],
      leave: refused,
    },
    {
      name: "working",
      reach: [
        send("do:run sleep 6; echo hi"),
        ...asked,
        press("Enter"),
        until(/[◎◉●○] (?:Working|Executing)/),
      ],
      leave: [until(/TOOL-DONE/), rest],
    },
    {
      name: "question",
      reach: [send(`do:tool ask_user ${JSON.stringify(FORM)}`), until(/enter accept/), rest],
      leave: refused,
    },
    scenes.failed(500, /✗ Failed to get response/),
    scenes.limited(/Last error: 429/),
    scenes.exited(send("/exit")),
  ],
};
