import { opencode as agent, answerFirstRun } from "../../tests/support/opencode.ts";
import { DATABASE, press, rest, type Scenario, scenes, send, until } from "./scenario.ts";

const WRITTEN = { filePath: "made.txt", content: "made" };
const refused = [press("Escape"), rest, press("Escape"), rest];

/** It tries again without an end where its quota is used up: that scene has to be played by hand. */
export const opencode: Scenario = {
  provider: "opencode",
  args: [],
  env: ({ port, home }) => ({
    ...agent.env({ port, folder: home }),
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_CONFIG_CONTENT: JSON.stringify({ permission: { edit: "ask" } }),
  }),
  answerFirstRun,
  ready: /Ask anything/,
  transcripts: ".local/share/opencode",
  scenes: [
    scenes.idle,
    scenes.draft("C-c"),
    scenes.completed,
    scenes.streaming,
    scenes.interrupted({ keys: ["Escape", "Escape"], says: /HOLD-BEGIN[\s\S]*interrupted/ }),
    {
      name: "working",
      reach: [send("do:run sleep 6; echo hi"), until(/\$ sleep 6/)],
      leave: [until(/TOOL-DONE/), rest],
    },
    {
      name: "permission",
      reach: [send(`do:tool write ${JSON.stringify(WRITTEN)}`), until(/Permission required/), rest],
      leave: refused,
    },
    {
      name: "question",
      reach: [
        send(`do:tool question ${JSON.stringify({ questions: [DATABASE] })}`),
        until(/↑↓ select/),
        rest,
      ],
      leave: refused,
    },
    scenes.failed(400, /scripted error 400/),
    scenes.exited(send("/exit")),
  ],
};
