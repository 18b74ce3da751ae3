export {
  type Action,
  type Analysis,
  type AnalysisFlag,
  DEEDS,
  type Deed,
  type Fact,
  type Place,
} from "./facts.ts";
export { runsOthers } from "./programs/index.ts";
export { analyseTool, type ToolUse } from "./tools.ts";
export { analyse } from "./walk.ts";
