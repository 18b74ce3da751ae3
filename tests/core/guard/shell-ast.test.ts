import { expect, test } from "vitest";
import { everyNode, parseShell, type SyntaxNode } from "../../../src/core/guard/shell-ast.ts";

function names(text: string): string[] {
  const found: string[] = [];
  everyNode(parseShell(text).script, (node) => {
    if (node.type === "Command" && node.name !== undefined) found.push(node.name.value);
  });
  return found;
}

function firstWord(text: string) {
  const [statement] = parseShell(text).script.commands;
  const command = statement?.command;
  return command?.type === "Command" ? command.name : undefined;
}

test("what is broken still gives the commands that can be read", () => {
  const parsed = parseShell("if then rm x");
  expect(parsed.broken).toBe(true);
  expect(names("if then rm x")).toContain("rm");
  expect(names("ls; }; rm z")).toContain("rm");
});

test("text without an error is not broken", () => {
  for (const text of ["ls", "a && b | c", "cat <<E\nx\nE", "f() { ls; }"])
    expect(parseShell(text).broken).toBe(false);
});

test("an error within a nested script is seen from outside", () => {
  expect(parseShell('echo "$(if then x)"').broken).toBe(true);
});

test("quotes and escapes are taken off a name", () => {
  for (const text of ["r''m", "\\rm", "$'\\x72m'", '"rm"', "r\\\nm"])
    expect(firstWord(text)?.value).toBe("rm");
});

test("a word that is known only when it runs keeps its source, and says so by its parts", () => {
  for (const text of ['"a$(rm y)"', "r$x", "{rm,-rf,/}"]) {
    const word = firstWord(text);
    expect(word?.parts?.some(isDynamic)).toBe(true);
  }
});

function isDynamic(node: SyntaxNode): boolean {
  let found = false;
  everyNode(node, (each) => {
    found ||= !/^(Literal|SingleQuoted|AnsiCQuoted|LocaleString|DoubleQuoted)$/.test(each.type);
  });
  return found;
}

test("a tilde in quotes is told from one without", () => {
  expect(firstWord("~")?.parts).toBeUndefined();
  expect(firstWord('"~"')?.parts?.[0]?.type).toBe("DoubleQuoted");
});

test("commands are found wherever a shell runs them", () => {
  const places = [
    'echo "$(rm)"',
    "echo `rm`",
    "cat <(rm)",
    "tee >(rm)",
    "echo ${x:-$(rm)}",
    "echo ${x/a/$(rm)}",
    "a=($(rm))",
    "echo $(( $(rm) ))",
    "(( $(rm) ))",
    "[[ $(rm) ]]",
    "case $(rm) in *) ;; esac",
    "ls > $(rm)",
    "select x in $(rm); do :; done",
    "coproc rm",
    "time rm",
    "! rm",
    "f() { rm; }",
    "cat <<E\n$(rm)\nE",
    "echo ${ rm; }",
  ];
  expect(places.filter((text) => !names(text).includes("rm"))).toEqual([]);
});

test("a quoted heredoc is data", () => {
  expect(names("cat <<'E'\n$(rm)\nE")).toEqual(["cat"]);
});

test("an assignment and a redirect alone have no name, and are there", () => {
  for (const text of ["A=1", "> src/index.ts"]) {
    const [statement] = parseShell(text).script.commands;
    expect(statement?.command.type).toBe("Command");
    expect(firstWord(text)).toBeUndefined();
  }
});

test("2000 substitutions in each other are an error, and no crash", () => {
  expect(parseShell(`${"$(".repeat(2000)}ls${")".repeat(2000)}`).broken).toBe(true);
});
