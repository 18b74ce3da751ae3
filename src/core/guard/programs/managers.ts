/** Managers of versions, environments and the machine's software, as tables of their verbs. */
import { commandOptions } from "./command-options.ts";
import { execRest } from "./language-tools.ts";
import type { VerbTool } from "./verbs.ts";

/** What changes the software of the machine. */
export const MANAGERS: Readonly<Record<string, VerbTool>> = {
  conda: {
    reads: /^(list|info|env list|search|config --show|compare)/,
    builds: /^(create|activate|deactivate|env (create|export)|run)/,
    deed: "system-packages",
  },
  mamba: {
    reads: /^(list|info|env list|search)/,
    builds: /^(create|activate|env (create|export)|run)/,
    deed: "system-packages",
  },
  pipx: { reads: /^(list|environment)/, others: [[/^run/, "build"]], deed: "system-packages" },
  opam: {
    reads: /^(list|show|search|switch list|env|config|lint)/,
    builds: /^exec/,
    deed: "system-packages",
    also: execRest(["exec"]),
  },
  rustup: {
    reads: /^(show|which|doc|toolchain list|target list|component list|check)/,
    builds: /^(run|override)/,
    deed: "system-packages",
  },
  asdf: {
    reads: /^(list|current|where|which|info|latest)/,
    builds: /^(local|exec|reshim)/,
    deed: "system-packages",
  },
  mise: {
    reads: /^(ls|list|current|which|doctor|env|tasks)/,
    builds: /^(run|exec|x)( |$)/,
    deed: "system-packages",
  },
  pyenv: {
    reads: /^(versions?|which|whence|root)/,
    builds: /^(local|exec|shell|rehash)/,
    deed: "system-packages",
  },
  rbenv: {
    reads: /^(versions?|which|whence|root)/,
    builds: /^(local|exec|shell|rehash)/,
    deed: "system-packages",
  },
  nvm: {
    reads: /^(ls|list|ls-remote|current|which|version|version-remote|use|run|exec|alias$)( |$)/,
    deed: "system-packages",
  },
  fnm: { reads: /^(list|ls|current|use|env|exec|which)( |$)/, deed: "system-packages" },
  pixi: {
    reads: /^(list|info|search|tree|task list)/,
    others: [[/^(global|self-update|upload|publish)/, "system-packages"]],
    deed: "build",
  },
  volta: { reads: /^(list|which)/, builds: /^run/, deed: "system-packages" },
  sdk: { reads: /^(list|current|version)/, deed: "system-packages" },
  nix: {
    reads: /^(search|show-config|flake (show|metadata|check)|eval|log|why-depends|path-info)/,
    builds: /^(build|develop|run|shell|fmt|flake (update|lock|init))/,
    deed: "system-packages",
  },
  "nix-shell": { deed: "build", also: (call) => commandOptions(call, /^--(run|command)$/) },
  "nix-build": { deed: "build" },
  brew: {
    reads:
      /^(list|ls|info|search|outdated|doctor|config|deps|uses|leaves|home|log|cat|desc|--prefix|services list)( |$)|^$/,
    deed: "system-packages",
  },
  port: { reads: /^(list|info|search|installed|outdated)/, deed: "system-packages" },
  ...Object.fromEntries(
    [
      "apt",
      "apt-get",
      "aptitude",
      "yum",
      "dnf",
      "microdnf",
      "zypper",
      "apk",
      "pacman",
      "yay",
      "paru",
      "emerge",
      "xbps-install",
      "snap",
      "flatpak",
      "pkg",
      "pkgin",
      "tdnf",
      "rpm-ostree",
      "choco",
      "scoop",
      "winget",
      "guix",
      "eopkg",
      "urpmi",
      "slackpkg",
      "opkg",
    ].map((name): [string, VerbTool] => [
      name,
      {
        reads:
          /^(list|search|show|info|policy|provides|whatprovides|repolist|changelog|depends|rdepends|check-update|history|find|known|installed|-Q\w*|-Ss|query|why)( |$)/,
        dry: [
          "-s",
          "--simulate",
          "--dry-run",
          "--just-print",
          "--assumeno",
          "-Q",
          "-Qi",
          "-Ql",
          "-Ss",
          "-Si",
        ],
        deed: "system-packages",
      },
    ]),
  ),
  dpkg: {
    dry: [
      "-l",
      "-L",
      "-s",
      "-S",
      "--list",
      "--status",
      "--get-selections",
      "-I",
      "-c",
      "--print-architecture",
      "--listfiles",
      "--search",
    ],
    deed: "system-packages",
  },
  "dpkg-query": { deed: "read" },
  "apt-cache": { deed: "read" },
  "apt-mark": { reads: /^show/, deed: "system-packages" },
  "apt-key": { reads: /^(list|finger)/, deed: "system-packages" },
  "add-apt-repository": { deed: "system-packages" },
  rpm: { dry: ["-q", "-qa", "-ql", "-qi", "-qf", "--query", "-V"], deed: "system-packages" },
  "update-alternatives": {
    dry: ["--list", "--display", "--query", "--get-selections"],
    deed: "system-packages",
  },
  softwareupdate: { dry: ["-l", "--list"], deed: "system-packages" },
};
