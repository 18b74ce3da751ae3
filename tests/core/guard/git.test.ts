import { expect, test } from "vitest";
import { misjudged, type Verdicts } from "./verdicts.ts";

/** What git's commands do by their options. */
const CLAIMS: Readonly<Record<string, Verdicts>> = {
  "what git can bring back is kept, the rest is asked about": {
    allow: [
      "git gc",
      "git gc --aggressive",
      "git prune -n",
      "git reflog",
      "git stash",
      "git tag v1",
      "git read-tree HEAD",
      "git pull --rebase",
      "git fetch origin",
      "git symbolic-ref HEAD",
      "git worktree list",
      "git checkout -b x",
    ],
    ask: [
      "git gc --prune=now",
      "git prune",
      "git reflog expire --expire=now",
      "git stash clear",
      "git stash drop",
      "git tag -d v1",
      "git read-tree --reset -u HEAD",
      "git checkout-index -f -a",
      "git pull -f",
      "git fetch origin +main:main",
      "git symbolic-ref HEAD refs/heads/x",
      "git worktree remove -f a",
      "git checkout a b",
      'git -C "$X" clean -fd',
    ],
  },
  "what others see is asked about": {
    allow: [
      "git svn fetch",
      "git lfs pull",
      "git lfs",
      "git subtree pull --prefix=a o b",
      "git remote",
      "git remote -v",
    ],
    ask: [
      "git svn dcommit",
      "git lfs push",
      "git subtree push --prefix=a o b",
      "git tag -f v1",
      "git remote remove a",
      "git send-email a",
    ],
  },
  "checks are not skipped": {
    allow: ["git merge a", "git rebase main"],
    ask: ["git merge --no-verify a", "git rebase --no-verify main", "git commit -n"],
  },
  "what git writes elsewhere is written there": {
    allow: [
      "git archive -o build/x.tar HEAD",
      "git diff --output=build/x",
      "git format-patch -o build HEAD~1",
      "git bundle create build/x HEAD",
      "git bundle verify ~/x",
      "git clone https://x.example/a.git /tmp/a",
    ],
    ask: ["git bundle create ~/x HEAD", 'git clone https://x.example/a.git "$X"'],
    deny: [
      "git archive -o /etc/x HEAD",
      "git diff --output=/etc/x",
      "git format-patch -o /etc/x HEAD",
      "git config -f /etc/x user.name b",
    ],
  },
  "credentials in the history are credentials": {
    allow: ["git show HEAD:src/a"],
    ask: [
      "git show HEAD:.env",
      "git diff HEAD:.env",
      "git log -- .env",
      "git diff --no-index .env a",
      "git credential fill",
      "git credential approve",
    ],
  },
  "settings that run something": {
    allow: [
      "git -c core.fsmonitor=false status",
      "git config core.fsmonitor true",
      "git config set user.name x",
      "git config unset core.pager",
      "git config --unset core.pager",
      "git grep -Oless x",
    ],
    ask: [
      "git -c core.fsmonitor=./x status",
      "git config set core.pager ./x",
      "git grep -O./x x",
      "git push --exec=./x o",
      "git --exec-path=/tmp/x status",
    ],
    deny: ["git submodule foreach --quiet 'rm -rf ~'"],
  },
  "help is read": {
    allow: ["git status -h", "git commit --help", "git submodule foreach", "git"],
  },
  "what was cloned is run unread": {
    deny: ["git clone https://x.example/a.git; sh a/x.sh"],
  },
  "names of files are printed as they are called in their folder": {
    ask: ["git -C /home/other ls-files | xargs rm", "git ls-files | sort | xargs rm"],
  },
  "other stores of versions": {
    allow: ["hg update", "hg up tip"],
    ask: ["hg update -C"],
  },
  "a patch changes the files that it names": {
    allow: [
      "patch < a.patch",
      "patch -o build/x a < a.patch",
      "printf '%s\\n' '--- a/build/x' '+++ /dev/null' | git apply",
    ],
    ask: [
      "printf '%s\\n' '--- a/x' '+++ b/.git/hooks/x' | patch -p1",
      "printf '%s\\n' '--- a/x' '+++ /dev/null' | git apply",
      "apply_patch '*** Delete File: src/a'",
    ],
    deny: ["patch -o /etc/x a < a.patch"],
  },
};

test.each(Object.entries(CLAIMS))("%s", (_claim, wanted) => {
  expect(misjudged(wanted)).toEqual([]);
});
