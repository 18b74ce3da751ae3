export { analyse } from "./analyse.ts";
export {
  type Action,
  type Analysis,
  type AnalysisFlag,
  DEEDS,
  type Deed,
  type Fact,
  type Place,
} from "./facts.ts";
export { type Piece, piecesOf } from "./pieces.ts";
export { runsOthers } from "./programs/index.ts";
export { analyseTool, type ToolUse } from "./tools.ts";
