/**
 * An app that takes pastes and tells a socket of each: when its last byte came, how long it was, its hash.
 *   node bench/receiver.ts SOCKET
 */
import { createHash } from "node:crypto";
import { connect } from "node:net";

const START = "\u001b[200~";
const END = "\u001b[201~";
const socket = connect(process.argv[2] ?? "");
let chunks: Buffer[] = [];
process.stdin.setRawMode(true);
process.stdin.on("data", (chunk: Buffer) => {
  const at = performance.timeOrigin + performance.now();
  chunks.push(chunk);
  // The mark may be cut in two by a chunk's end.
  const tail = Buffer.concat(chunks.slice(-2)).subarray(-END.length);
  if (tail.toString("latin1") !== END) return;
  const bytes = Buffer.concat(chunks).subarray(START.length, -END.length);
  chunks = [];
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  socket.write(`${JSON.stringify({ at, bytes: bytes.length, sha256 })}\n`);
});
process.stdout.write("\u001b[?2004hready\r\n");
