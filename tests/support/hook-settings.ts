import type { HookContract } from "../../src/core/hooks/index.ts";

/** What a launch tells a hook contract. */
export const launched: Parameters<HookContract["settings"]>[0] = {
  script: "'/x/hook'",
  url: "http://127.0.0.1:1",
  waitSeconds: 100,
  gate: "guard",
  gates: "/x",
  folder: "/home/dev/.conductor/run/terminals/t_1",
  home: "/home/dev",
  own: {},
  mark: "0123456789abcdef",
  covers: [],
};
