import { expect, test } from "vitest";
import { agentEnvironment } from "../../src/base/environment.ts";
import { resolvePaths } from "../../src/base/paths.ts";

test("the home is ~/.conductor unless CONDUCTOR_HOME says otherwise", () => {
  expect(resolvePaths({ HOME: "/home/ann" }).socket).toBe("/home/ann/.conductor/conductor.sock");
  const chosen = resolvePaths({ HOME: "/home/ann", CONDUCTOR_HOME: "/srv/c/" });
  expect(chosen).toMatchObject({ home: "/srv/c", token: "/srv/c/token", socketFolder: "/srv/c" });
  expect(() => resolvePaths({})).toThrow("neither CONDUCTOR_HOME nor HOME");
});

test("a home too long for a socket's path gets a short one, always the same and its own", () => {
  const home = `/${"x".repeat(120)}`;
  const short = resolvePaths({ CONDUCTOR_HOME: home }, 1000).socket;
  expect(short).toMatch(/^\/tmp\/conductor-1000\/[0-9a-f]{16}\.sock$/);
  expect(resolvePaths({ CONDUCTOR_HOME: home }, 1000).socket).toBe(short);
  expect(resolvePaths({ CONDUCTOR_HOME: `${home}y` }, 1000).socket).not.toBe(short);
  const env = { CONDUCTOR_HOME: home, XDG_RUNTIME_DIR: "/run/user/1000" };
  expect(resolvePaths(env, 1000).socket).toMatch(/^\/run\/user\/1000\/conductor-1000\/\w+\.sock$/);
  const deep = { CONDUCTOR_HOME: home, XDG_RUNTIME_DIR: home };
  expect(resolvePaths(deep, 1000).socket).toBe(short);
});

test("an agent inherits the caller's environment without ours and the outer tmux's", () => {
  const env = {
    PATH: "/bin",
    KEY: "k",
    CONDUCTOR_TOKEN: "t",
    TMUX: "x",
    TMUX_PANE: "%1",
    NONE: undefined,
  };
  expect(agentEnvironment(env)).toEqual({ PATH: "/bin", KEY: "k" });
});

test("a proxy is never between an agent and our door, whatever else it is passed by for", () => {
  const past = (env: Record<string, string>) => agentEnvironment(env)["NO_PROXY"];
  expect(past({ NO_PROXY: "a.example" })).toBe("a.example");
  expect(past({ http_proxy: "http://proxy:1" })).toBe("127.0.0.1,localhost,::1");
  const env = { HTTPS_PROXY: "http://proxy:1", no_proxy: "a.example, localhost" };
  expect(past(env)).toBe("a.example,localhost,127.0.0.1,::1");
  expect(agentEnvironment(agentEnvironment(env))).toEqual(agentEnvironment(env));
});
