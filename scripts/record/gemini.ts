import { gemini as agent, answerFirstRun } from "../../tests/support/gemini.ts";
import { DATABASE, press, rest, type Scenario, scenes, send, until } from "./scenario.ts";

const QUESTION = { ...DATABASE, type: "choice" };
const cancelled = [press("Escape"), until(/Request cancelled|cancelled/), rest, press("C-c"), rest];

/** It tries again for minutes where its quota is used up: that scene has to be played by hand. */
export const gemini: Scenario = {
  provider: "gemini",
  args: ["--approval-mode", "default"],
  env: ({ port, home }) => ({
    ...agent.env({ port, folder: home }),
    GEMINI_CLI_TRUST_WORKSPACE: "true",
  }),
  answerFirstRun,
  ready: /^ > {3}Type your message/m,
  transcripts: ".gemini/tmp",
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
      reach: [send("do:run touch made.txt"), until(/1\.\s+Allow once/), rest],
      leave: cancelled,
    },
    {
      name: "working",
      reach: [
        send("do:run sleep 6; echo hi"),
        until(/1\.\s+Allow once/),
        rest,
        press("Enter"),
        until(/esc to cancel|[⊶⊷]/),
      ],
      leave: [until(/TOOL-DONE/), rest],
    },
    {
      name: "question",
      reach: [
        send(`do:tool ask_user ${JSON.stringify({ questions: [QUESTION] })}`),
        until(/Answer Questions/),
        rest,
      ],
      leave: cancelled,
    },
    scenes.failed(401, /✕/),
    scenes.exited(press("C-c"), press("C-c")),
  ],
};
