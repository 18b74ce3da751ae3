/** Writes the generated pages of docs/; a test fails while one of them is stale. */
import { writeFileSync } from "node:fs";
import { errorPage } from "./error-page.ts";

writeFileSync("docs/errors.md", errorPage());
