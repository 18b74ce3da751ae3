import { z } from "zod";
import { agentCard, agentView, labelRequest, registerRequest } from "../agents.ts";
import { routes } from "../routes.ts";
import { type Api, GET, POST, pattern } from "./route.ts";

const one = pattern(routes.agent(":ref"));
const action = (name: string): string => pattern(routes.agentAction(":ref", name));

export const agentApi = {
  listAgents: {
    ...GET,
    path: routes.agents,
    summary: "List registered agents",
    about:
      "Who can be given tasks, and how each is now. What runs in panes is listed as terminals.",
    response: z.array(agentView),
    errors: [],
  },
  registerAgent: {
    ...POST,
    path: routes.agents,
    summary: "Register agents",
    body: registerRequest,
    response: agentView,
    errors: ["name.taken", "not_found", "profile.invalid", "provider.invalid"],
  },
  showAgent: {
    ...GET,
    path: one,
    summary: "Show a registered agent",
    response: agentView,
    errors: ["not_found", "name.ambiguous"],
  },
  showAgentCard: {
    ...GET,
    path: action("card"),
    summary: "Show an agent's card",
    about: "As A2A 1.x describes agents.",
    response: agentCard,
    errors: ["not_found", "name.ambiguous"],
  },
  labelAgent: {
    ...POST,
    path: action("label"),
    summary: "Label agents",
    body: labelRequest,
    response: agentView,
    errors: ["not_found", "name.ambiguous"],
  },
  enableAgent: {
    ...POST,
    path: action("enable"),
    summary: "Enable agents",
    response: agentView,
    errors: ["not_found", "name.ambiguous"],
  },
  disableAgent: {
    ...POST,
    path: action("disable"),
    summary: "Disable agents",
    about: "One that works drains first: it ends what it has, and takes nothing more.",
    response: agentView,
    errors: ["not_found", "name.ambiguous"],
  },
  removeAgent: {
    ...POST,
    path: action("remove"),
    summary: "Remove agents",
    about: "Its terminals go on.",
    response: agentView.pick({ id: true, name: true }),
    errors: ["not_found", "name.ambiguous", "state.conflict"],
  },
} satisfies Api;
