/** Ways to a file outside the workspace, each tried by a launched agent's own means: what the gate `guard` holds. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { DecisionView } from "../../src/contract/decisions.ts";
import { environmentOfAgent } from "../support/gated.ts";
import { type Product, product } from "../support/product.ts";
import { type Start, TEXTS, WAYS, type Way } from "../support/ways.ts";

/**
 * What gets through, and why. A row that is held after all, or one more that is not, fails; docs/security.md
 * lists them too.
 */
const MISSES = {
  /** As the text of a shell that reads its start-up file, or started by the CLI. */
  text: [] as string[],
  bash: [] as string[],
  /** dash reads no start-up file: only programs found by PATH are held. */
  sh: ["the absolute path"],
  make: ["the absolute path"],
  npm: [] as string[],
};

interface Place {
  readonly home: string;
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
}

async function gated(): Promise<Place & { readonly world: Product }> {
  const world = product("gate: { waitSeconds: 0.2 }\n");
  const workspace = path.join(world.folder, "work");
  mkdirSync(workspace);
  await world.json("launch", "--provider", "scripted", "--no-panel", "--cwd", workspace);
  return { world, home: world.home, workspace, env: await environmentOfAgent(world) };
}

function ungated(): Place {
  const home = mkdtempSync(path.join(tmpdir(), "cnd-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return { home, workspace: home, env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: home } };
}

/** The names of those that reach their file, each with one of its own. */
async function reaching(place: Place, ways: readonly Way[]): Promise<string[]> {
  const reached: string[] = [];
  const rest = [...ways.entries()];
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      const [number, [name, start]] = next;
      const victim = path.join(place.home, `victim-${number}`);
      writeFileSync(victim, "");
      await run(place, start(victim));
      if (!existsSync(victim) || readFileSync(victim, "utf8") !== "") reached.push(name);
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  return reached.toSorted();
}

async function run(place: Place, { file, args, env: more, ...rest }: Start): Promise<void> {
  const env = { ...place.env, ...more };
  const options = { ...rest, cwd: place.workspace, env, stdio: "ignore", timeout: 20_000 } as const;
  const child = spawn(file, args, options);
  // What is not there reaches nothing.
  child.on("error", () => undefined);
  await once(child, "close").catch(() => undefined);
}

/** The same texts, each in a file that something else than the agent's shell runs. */
function inFiles(place: Place, kind: Exclude<keyof typeof MISSES, "text">): Way[] {
  return Object.entries(TEXTS).map(([name, text], number): Way => {
    const folder = path.join(place.workspace, `${kind}-${number}`);
    mkdirSync(folder);
    const write = (file: string, content: string): string => {
      writeFileSync(path.join(folder, file), content, { mode: 0o755 });
      return path.join(folder, file);
    };
    return [name, (victim) => HOLDERS[kind](text.replaceAll("VICTIM", victim), write, folder)];
  });
}

type Write = (file: string, content: string) => string;
const HOLDERS: Readonly<
  Record<
    Exclude<keyof typeof MISSES, "text">,
    (text: string, write: Write, folder: string) => Start
  >
> = {
  bash: (text, write) => ({ file: write("run", `#!/bin/bash\n${text}\n`), args: [] }),
  sh: (text, write) => ({ file: write("run", `#!/bin/sh\n${text}\n`), args: [] }),
  make: (text, write) => {
    const recipe = text.replaceAll("$", "$$$$").replaceAll("\n", "\n\t");
    return { file: "make", args: ["-f", write("Makefile", `.ONESHELL:\nall:\n\t${recipe}\n`)] };
  },
  npm: (text, write, folder) => {
    write("package.json", JSON.stringify({ name: "x", scripts: { go: text } }));
    return { file: "npm", args: ["--prefix", folder, "run", "go"] };
  },
};

/** Not on every machine. */
const EXTRA = ["zsh", "fish", "python3", "make"].filter(
  (name) => !["/usr/local/bin", "/usr/bin", "/bin"].some((at) => existsSync(path.join(at, name))),
);

test("without the gate each way reaches its file", async () => {
  const there = WAYS.filter(([name]) => !EXTRA.some((absent) => isOf(name, absent)));
  expect(await reaching(ungated(), there)).toEqual(there.map(([name]) => name).toSorted());
});

function isOf(name: string, program: string): boolean {
  return name.toLowerCase().startsWith(program.replace(/\d/, ""));
}

test("of 41 ways to a file outside the workspace only the known misses reach it", async () => {
  expect(WAYS).toHaveLength(41);
  expect(await reaching(await gated(), WAYS)).toEqual(MISSES.text);
  expect(MISSES.text.length).toBeLessThanOrEqual(3);
});

test("in scripts of bash and sh, recipes of make and scripts of npm only the known misses do", async () => {
  const place = await gated();
  const reached = {
    bash: await reaching(place, inFiles(place, "bash")),
    sh: await reaching(place, inFiles(place, "sh")),
    make: await reaching(place, inFiles(place, "make")),
    npm: await reaching(place, inFiles(place, "npm").slice(0, 4)),
  };
  const { text: _, ...known } = MISSES;
  expect(reached).toEqual(known);
});

/** Not ways of a shell, and known to get through. */
const BEYOND: Readonly<Record<string, (victim: string, write: Write) => Start>> = {
  "a Python file that deletes by itself": (victim, write) => {
    return { file: "python3", args: [write("a.py", `import os; os.remove("${victim}")`)] };
  },
  "a Node file that deletes by itself": (victim, write) => {
    return { file: "node", args: [write("a.cjs", `require("fs").rmSync("${victim}")`)] };
  },
  "an absolute path in a sh script": (victim, write) => {
    return { file: write("a.sh", `#!/bin/sh\n/bin/rm ${victim}\n`), args: [] };
  },
  "a redirect in a sh script": (victim, write) => {
    const text = `#!/bin/sh\nexec 3< ${victim}\necho gone > ${victim}\n`;
    return { file: write("b.sh", text), args: [] };
  },
  "an emptied environment by absolute paths": (victim) => {
    return { file: "/usr/bin/env", args: ["-i", "/bin/sh", "-c", `rm ${victim}`] };
  },
};

test("what is said to get through does, and the guide lists it", async () => {
  const place = await gated();
  const write: Write = (file, content) => {
    writeFileSync(path.join(place.workspace, file), content, { mode: 0o755 });
    return path.join(place.workspace, file);
  };
  const ways = Object.entries(BEYOND).map(([name, start]): Way => {
    return [name, (victim) => start(victim, write)];
  });
  const names = ways.map(([name]) => name);
  expect(await reaching(place, ways)).toEqual(names.toSorted());
  const guide = readFileSync(path.resolve(import.meta.dirname, "../../docs/security.md"), "utf8");
  for (const name of [...names, ...Object.values(MISSES).flat()]) expect(guide).toContain(name);
});

test("what a judged text starts is not asked about again, what else starts it is", async () => {
  const place = await gated();
  const { workspace } = place;
  writeFileSync(path.join(workspace, "clean.sh"), "rm -f dist/c\n");
  const texts = [
    "mkdir dist; touch dist/a dist/b; sh -c 'rm dist/a'; (find dist -name b | xargs rm)",
    "sh clean.sh",
  ];
  for (const text of texts) await run(place, { file: "/bin/bash", args: ["-c", text] });
  const decisions = await place.world.json<DecisionView[]>("decisions");
  const asked = decisions.map(({ source, command }) => `${source}: ${command}`);
  expect(asked.toSorted()).toEqual(
    [`bash: ${texts[0] ?? ""}`, `bash: ${texts[1] ?? ""}`, "shim: rm -f dist/c"].toSorted(),
  );
  expect(existsSync(path.join(workspace, "dist/a"))).toBe(false);
});

test("a file that bash -c sources is held command by command", async () => {
  const place = await gated();
  const victim = path.join(place.home, "victim");
  writeFileSync(victim, "");
  writeFileSync(path.join(place.workspace, "go.sh"), `/bin/rm ${victim}\n`);
  await run(place, { file: "/bin/bash", args: ["-c", "source ./go.sh; echo after > out"] });
  expect(existsSync(victim)).toBe(true);
  expect(existsSync(path.join(place.workspace, "out"))).toBe(false);
});

test("an emptied environment does not open the gate", async () => {
  const place = await gated();
  const victim = path.join(place.home, "victim");
  writeFileSync(victim, "");
  const scrub = `import os; os.execve("/usr/bin/make", ["make"], {"PATH": os.environ["PATH"]})`;
  writeFileSync(path.join(place.workspace, "Makefile"), `all:\n\trm ${victim}\n`);
  writeFileSync(path.join(place.workspace, "go.py"), scrub);
  await run(place, { file: "/usr/bin/python3", args: ["go.py"] });
  expect(existsSync(victim)).toBe(true);
});

test.skipIf(EXTRA.includes("zsh"))(
  "zsh is held like bash, and keeps its own start-up files",
  async () => {
    const place = await gated();
    const victim = path.join(place.home, "victim");
    writeFileSync(victim, "");
    writeFileSync(path.join(place.home, ".zshenv"), "OWN=own\n");
    const script = `echo $OWN $ZDOTDIR > out\nfile=${victim}\n/bin/rm $file\necho after > after\n`;
    writeFileSync(path.join(place.workspace, "go.zsh"), script);
    await run(place, { file: "zsh", args: ["go.zsh"] });
    expect(readFileSync(path.join(place.workspace, "out"), "utf8")).toContain("own");
    expect(existsSync(victim)).toBe(true);
    expect(existsSync(path.join(place.workspace, "after"))).toBe(false);
    await run(place, { file: "zsh", args: ["-c", "echo $OWN > out2; touch 'ü'"] });
    expect(readFileSync(path.join(place.workspace, "out2"), "utf8")).toBe("own\n");
    expect(existsSync(path.join(place.workspace, "ü"))).toBe(true);
  },
);
