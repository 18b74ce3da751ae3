/** Build files from elsewhere: what they make a tool run is not the project's own. */
import type { Call } from "../call.ts";
import { isKnown } from "../field.ts";
import { readOptions } from "../options.ts";

/** Build files from elsewhere: what they make a tool run is not the project's own. */
export function foreignFiles(call: Call): void {
  const files = readOptions(call.args, { valued: BUILD_FILES }).values(...BUILD_FILES);
  for (const file of files) {
    if (!isKnown(file))
      call.report("run-unresolved", `${call.name} reads a file that is not known`);
    if (!/[/~]/.test(file.text)) continue;
    const { area, path } = call.target(file);
    if (area === "scratch" || area === "outside")
      call.report("run-unresolved", `${call.name} runs what ${path} says`, path);
  }
}

const BUILD_FILES = [
  "-f",
  "--file",
  "--makefile",
  "-P",
  "-I",
  "--init-script",
  "--rakefile",
  "--justfile",
  "--taskfile",
  "--build-file",
];
