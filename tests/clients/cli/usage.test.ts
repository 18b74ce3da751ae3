import { expect, test } from "vitest";
import type { UsageView } from "../../../src/contract/usage.ts";
import { conductor } from "./support.ts";

const dev = {
  terminalId: "t_1",
  session: "shop",
  name: "dev",
  provider: "claude-code",
  model: "big",
  turns: 2,
  calls: 5,
  input: 1_200,
  output: 300,
  cacheRead: 12_345_678,
  cacheWrite: 34,
  cost: 0.5,
  firstAt: 0,
  lastAt: 0,
};
const check = { ...dev, terminalId: "t_2", name: "check", model: "small\u001b[2J", cost: null };
const { terminalId: _id, session: _s, name: _n, provider: _p, model: _m, ...amounts } = dev;
const { firstAt: _first, lastAt: _last, ...total } = amounts;
const usage: UsageView = { rows: [dev, check], total: { ...total, turns: 4, calls: 10 } };
const answers = { "GET /api/v1/usage": usage };

test("each terminal's tokens by model, and the sum", async () => {
  const ran = await conductor(["usage"], { answers });
  expect(ran.stdout).toBe(
    [
      "NAME   SESSION  MODEL         TURNS  CALLS  INPUT  CACHED      OUTPUT  COST",
      "dev    shop     big           2      5      1,234  12,345,678  300     $0.5000",
      "check  shop     small\\x1b[2J  2      5      1,234  12,345,678  300     -",
      "total                         4      10     1,234  12,345,678  300     $0.5000",
      "",
    ].join("\n"),
  );
});

test("a name, a session and a time are asked for, and --json gives what came", async () => {
  const ran = await conductor(["usage", "dev", "-s", "shop", "--since", "1d", "--json"], {
    answers,
  });
  expect(JSON.parse(ran.stdout)).toEqual({ ok: true, data: usage });
  const [call] = ran.calls;
  expect(call?.query.get("terminal")).toBe("dev");
  expect(call?.query.get("session")).toBe("shop");
  expect(Date.now() - Number(call?.query.get("since"))).toBeGreaterThanOrEqual(86_400_000);
});

test("where no file tells, it says so", async () => {
  const none = { rows: [], total };
  const ran = await conductor(["usage"], { answers: { "GET /api/v1/usage": none } });
  expect(ran).toMatchObject({ code: 0, stdout: "nothing is known\n" });
});
