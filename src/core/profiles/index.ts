export type { Profile } from "./profile.ts";
export { parseProfile } from "./profile.ts";
export type { Team } from "./team.ts";
export { parseTeam } from "./team.ts";
