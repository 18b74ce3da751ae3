export { type AuditFiles, openAuditFiles, readAuditHead, readAuditLines } from "./audit-files.ts";
export { type Blobs, openBlobs } from "./blobs.ts";
export {
  openPolicies,
  type PolicyChange,
  type PolicyFiles,
  type TrustChange,
} from "./policy-files.ts";
export { type Tail, type TailPosition, tailFile } from "./tail.ts";
export { watchCatalog } from "./watch-catalog.ts";
