import { expect, test } from "vitest";
import { misjudged, type Verdicts } from "./verdicts.ts";

/** Which program runs, where its output goes, and what its variables make of it. */
const CLAIMS: Readonly<Record<string, Verdicts>> = {
  "what is no command, and a function, write where they are told to": {
    allow: ["$(true) > out.txt", "f() { ls; }; A=1 f > out.txt"],
    deny: ["$(true) > /etc/hosts", "f() { cat; }; f > /etc/hosts"],
  },
  "a tool's own text for the shell is no secret": {
    allow: ['eval "$(direnv hook bash)"', 'eval "$(ssh-agent)"', "mise activate bash"],
    ask: ['eval "$(nobody-knows me)"'],
  },
  "a path that is not known names no program": {
    ask: ['"$X"/bin/rm -rf build', "$X --recursive build", 'cd "$X"; ./rm'],
    deny: ["$X -r ~", "$X --recurs ~"],
  },
  "a program that a project keeps is its own, unless it bears another's name": {
    allow: ["bin/x", "./gradlew build", "./node_modules/.bin/eslint ."],
    ask: ["./sed p", "../x/y", "/opt/x/rm -rf build"],
    deny: ["node_modules/.bin/rimraf ~", "/usr/bin/../bin/rm -rf ~"],
  },
  "a redirect goes to any descriptor": {
    allow: ["{fd}> out.txt ls", "ls <&-", "exec 5<> a.txt", "ls 2> err.txt"],
    ask: ["ls {fd}< ~/.ssh/id_rsa", "exec 3<> /dev/tcp/x.example/80", 'ls > a"$X"/../b'],
    deny: ["ls 2> /etc/hosts", "ls &> /etc/x", "ls >& /etc/x"],
  },
  "folders of the project are its own to load from": {
    allow: [
      "PYTHONPATH=src pytest",
      "PYTHONPATH=src:$PYTHONPATH pytest",
      "PYTHONPATH=:src pytest",
      "NODE_PATH= node a.js",
    ],
    ask: ["PYTHONPATH=/tmp/x pytest", "PYTHONPATH=$X/y pytest"],
  },
  "variables that hold commands": {
    allow: ["PAGER=less git log", "EDITOR=/usr/bin/vim git commit"],
    ask: ['PAGER="$X" git log', 'env "BASH_FUNC_ls%%=$X" bash -c ls', 'NODE_OPTIONS="$X" node a'],
    deny: ["PAGER='sh -c \"rm -rf ~\"' git log", "LESSOPEN='|-rm -rf ~' less a"],
  },
  "shells tell about themselves, or read a file of their own": {
    allow: ["bash --version", "sh --help", "bash -n x.sh"],
    ask: ["bash --rcfile x -i"],
    deny: ["bash --rcfile <(echo 'rm -rf ~') -i"],
  },
  "a program that nobody knows hands on what looks like a command": {
    allow: ["nobody-knows --help", "npx some-tool git status"],
    ask: [
      "nobody-knows",
      "nobody-knows pass around",
      "npx nobody pass show x",
      "nobody-knows ~/.ssh/id_rsa",
      "nobody-knows deploy",
    ],
    deny: [
      "nobody-knows run 'rm -rf ~'",
      "npx some-tool rm -rf ~/x",
      "nobody-knows ~/.conductor/x",
    ],
  },
  "agent CLIs keep their own state": {
    allow: ["echo x > ~/.codex/shell_snapshots/a.sh"],
    deny: ["echo x > ~/.codex/config.toml"],
  },
};

test.each(Object.entries(CLAIMS))("%s", (_claim, wanted) => {
  expect(misjudged(wanted)).toEqual([]);
});
