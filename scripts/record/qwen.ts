import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { qwen as agent, answerFirstRun } from "../../tests/support/qwen.ts";
import { DATABASE, press, rest, type Scenario, scenes, send, until } from "./scenario.ts";

const QUESTION = { ...DATABASE, multiSelect: false };
const asked = [until(/1\. Yes, allow once/), rest];
/** What was refused or interrupted stands in the box again. */
const refused = [press("Escape"), rest, press("C-c"), rest];

/** As conductor switches them off: a suggestion stands in the box as a draft would. */
const SYSTEM = {
  general: { enableAutoUpdate: false },
  ui: { enableFollowupSuggestions: false },
};
const system = (home: string): string => join(home, "system.json");

/** It tries again without an end where its quota is used up: that scene has to be played by hand. */
export const qwen: Scenario = {
  provider: "qwen",
  args: ["--approval-mode", "default"],
  env: ({ port, home }) => ({
    ...agent.env({ port, folder: home }),
    QWEN_CODE_SYSTEM_SETTINGS_PATH: system(home),
  }),
  answerFirstRun: (stage) => {
    answerFirstRun(stage);
    writeFileSync(system(stage.home), JSON.stringify(SYSTEM));
  },
  ready: /^> {3}Type your message/m,
  transcripts: ".qwen/projects",
  scenes: [
    scenes.idle,
    scenes.draft("C-c"),
    scenes.completed,
    scenes.streaming,
    scenes.interrupted({
      keys: ["Escape"],
      says: /HOLD-BEGIN[\s\S]*Request cancelled/,
      back: [press("C-c")],
    }),
    {
      name: "permission",
      reach: [send("do:run touch made.txt"), ...asked],
      leave: refused,
    },
    {
      name: "working",
      reach: [
        // Without the word of why it runs no sleep.
        send("do:run sleep 6 # intentional-sleep: to be seen"),
        ...asked,
        press("Enter"),
        until(/^◐|esc to\s+cancel\)/m),
      ],
      leave: [until(/TOOL-DONE/), rest],
    },
    {
      name: "question",
      reach: [
        send(`do:tool ask_user_question ${JSON.stringify({ questions: [QUESTION] })}`),
        until(/Enter: Select/),
        rest,
      ],
      leave: refused,
    },
    scenes.failed(401, /✕ \[API Error/),
    scenes.exited(send("/quit")),
  ],
};
