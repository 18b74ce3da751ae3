/** The bin: loads a client or the daemon, never both, so that a short command starts fast. */
import { VERSION } from "./base/version.ts";

process.stdout.write(`${VERSION}\n`);
