import { z } from "zod";
import { routes } from "../routes.ts";
import { usageView } from "../usage.ts";
import { type Api, GET } from "./route.ts";

export const usageApi = {
  showUsage: {
    ...GET,
    path: routes.usage,
    summary: "Show usage",
    about:
      "What the agents' models took, by the agents' own files: per terminal and model, and all.",
    query: z.strictObject({
      terminal: z.string().optional(),
      session: z.string().optional(),
      since: z.coerce.number().int().min(0).default(0),
    }),
    response: usageView,
    errors: ["not_found", "name.ambiguous"],
  },
} satisfies Api;
