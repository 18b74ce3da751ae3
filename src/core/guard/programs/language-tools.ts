/** Build tools and package managers of one language, as tables of their verbs. */
import type { Call } from "../call.ts";
import type { readOptions } from "../options.ts";
import { commandOptions } from "./command-options.ts";
import type { VerbTool } from "./verbs.ts";

/** Build tools and package managers of one language. */
export const LANGUAGE_TOOLS: Readonly<Record<string, VerbTool>> = {
  cargo: {
    valued: [
      "-p",
      "--package",
      "--target",
      "-j",
      "--features",
      "--manifest-path",
      "--bin",
      "--example",
      "--test",
      "-Z",
      "--color",
    ],
    others: [
      [/^(publish|yank|owner)( |$)/, "publish"],
      [/^(login|logout)( |$)/, "write-startup"],
      [/^(install|uninstall|binstall)( |$)/, "system-packages"],
    ],
    deed: "build",
    also: (call) => {
      commandOptions(call, /^(-s|--shell|-x|--exec)$/);
      for (const arg of call.args)
        if (
          /^(--config=)?[\w.-]*(wrapper|runner|linker|alias|rustc|rustdoc)[\w.-]*\s*=/.test(
            arg.text,
          )
        )
          call.report("run-hook", `cargo runs ${arg.text}`);
    },
  },
  go: {
    others: [
      [/^install \S*(@|\.\w+\/)/, "system-packages"],
      [/^(get -g)/, "system-packages"],
      [/^env$/, "read"],
      [/^run https?:/, "run-downloaded"],
    ],
    deed: "build",
    also: goTools,
  },
  mix: {
    others: [
      [/(^|[ ,])(hex\.(publish|retire)|[\w.]+\.publish)( |$)/, "publish"],
      [/^(ecto\.(drop|reset|rollback)|ash\.reset)/, "database-change"],
    ],
    deed: "build",
  },
  dotnet: {
    others: [
      [/^(nuget push|nuget delete|pack --push)/, "publish"],
      [/^tool (install|uninstall|update).*(-g|--global)?/, "system-packages"],
      [/^ef database (drop|update)/, "database-change"],
    ],
    deed: "build",
  },
  nuget: { others: [[/^(push|delete)/, "publish"]], deed: "build" },
  gem: {
    reads:
      /^(list|search|info|env|environment|which|contents|outdated|help|specification|dependency)/,
    others: [
      [/^(push|yank|owner|signin)/, "publish"],
      [/^build/, "build"],
    ],
    deed: "system-packages",
  },
  bundle: {
    others: [
      [/^(config)( |$)/, "write"],
      [/^(exec rake release)/, "publish"],
    ],
    deed: "build",
    also: execRest(["exec"]),
  },
  bundler: { deed: "build", also: execRest(["exec"]) },
  composer: { others: [[/^(global)( |$)/, "system-packages"]], deed: "build" },
  php_artisan: { deed: "build" },
  poetry: {
    others: [
      [/^publish/, "publish"],
      [/^(config)( |$)/, "write-startup"],
      [/^self/, "system-packages"],
    ],
    deed: "build",
    also: execRest(["run"]),
  },
  pdm: { others: [[/^publish/, "publish"]], deed: "build", also: execRest(["run"]) },
  hatch: { others: [[/^publish/, "publish"]], deed: "build", also: hatchRun },
  rye: {
    others: [
      [/^publish/, "publish"],
      [/^(install|uninstall|self)/, "system-packages"],
    ],
    deed: "build",
    also: execRest(["run"]),
  },
  pipenv: { deed: "build", also: execRest(["run"]) },
  flit: { others: [[/^publish/, "publish"]], deed: "build" },
  twine: { reads: /^check/, deed: "publish" },
  mvn: {
    others: [
      [/(^| )(deploy|release:\w+|site-deploy|nexus-staging:\w+)( |$)/, "publish"],
      [/(flyway|liquibase):(clean|dropAll|migrate|undo)/, "database-change"],
    ],
    deed: "build",
  },
  mvnw: { others: [[/(^| )deploy( |$)/, "publish"]], deed: "build" },
  gradle: {
    others: [[/(^| )\S*(publish|uploadArchives|bintrayUpload|deploy)\S*( |$)/i, "publish"]],
    deed: "build",
  },
  sbt: { others: [[/publish|release/, "publish"]], deed: "build" },
  lein: { others: [[/^deploy/, "publish"]], deed: "build" },
  swift: { deed: "build" },
  pod: {
    reads: /^(outdated|list|search|env)/,
    others: [[/^trunk push|^repo push/, "publish"]],
    deed: "build",
  },
  carthage: { deed: "build" },
  fastlane: {
    others: [[/(deliver|pilot|release|upload|deploy|beta|supply|match)/, "publish"]],
    deed: "build",
  },
  dart: {
    others: [
      [/^pub publish/, "publish"],
      [/^pub global/, "system-packages"],
    ],
    deed: "build",
  },
  flutter: {
    others: [
      [/^pub publish/, "publish"],
      [/^(upgrade|channel|config)/, "system-packages"],
    ],
    deed: "build",
  },
  cabal: { others: [[/^upload/, "publish"]], deed: "build" },
  stack: { others: [[/^upload/, "publish"]], deed: "build" },
  rebar3: { others: [[/^hex publish/, "publish"]], deed: "build" },
  nimble: { others: [[/^publish/, "publish"]], deed: "build" },
  shards: { deed: "build" },
  luarocks: {
    reads: /^(list|search|show|path)/,
    others: [
      [/^upload/, "publish"],
      [/^make|^build|^test|^lint/, "build"],
    ],
    deed: "system-packages",
  },
  cpanm: { deed: "system-packages" },
  cpan: { deed: "system-packages" },
  mkdocs: { others: [[/^gh-deploy/, "publish"]], deed: "build" },
  jupyter: { others: [[/^(notebook|lab|server)/, "build"]], deed: "build" },
  cucumber: { deed: "build" },
  verilator: { deed: "build" },
};

export function execRest(verbs: readonly string[]): NonNullable<VerbTool["also"]> {
  return (call, _read, words) => {
    const verb = verbs.find((one) => words.startsWith(`${one} `));
    if (verb === undefined) return;
    const after = call.args.slice(call.args.findIndex((arg) => arg.text === verb) + 1);
    const rest = after[0]?.text === "--" ? after.slice(1) : after;
    // One word is a task of the project's own, or a program without anything to work on.
    if (verb === "run" && rest.length === 1) call.report("build", `${call.name} ${words}`);
    else call.run(rest, { via: `${call.name} ${verb}` });
  };
}

/** `run test:cov` is a script of an environment, and no program. */
function hatchRun(call: Call, read: ReturnType<typeof readOptions>, words: string): void {
  if (read.operands[1]?.text.includes(":") !== true) execRest(["run"])(call, read, words);
}

function goTools(call: Call, _read: ReturnType<typeof readOptions>, words: string): void {
  for (const arg of call.args) {
    const [, program] = /^--?(?:exec|toolexec)=(.+)$/.exec(arg.text) ?? [];
    if (program !== undefined) call.runText({ ...arg, text: program }, { via: "go -exec" });
  }
  if (
    /^env -[wu]/.test(call.args.map((arg) => arg.text).join(" ")) ||
    (words.startsWith("env") && call.args.some((arg) => arg.text === "-w"))
  )
    call.report("write-startup", "changes go's settings");
}
