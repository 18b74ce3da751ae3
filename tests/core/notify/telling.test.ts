import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { retryAfterMs, textOf, webhookHeaders } from "../../../src/core/notify/index.ts";

describe("the text of an event", () => {
  test.each([
    [{ title: "fix", state: "failed", message: "no" }, undefined, "fix: no"],
    [{ name: "dev" }, undefined, "dev"],
    [{ status: "error" }, "dev", "dev: error"],
    [{}, undefined, "task_1"],
    [{ title: 3, name: "" }, undefined, "task_1"],
  ])("%j about %s is %j", (data, subject, body) => {
    const event = { type: "task.rate_limited", subject: "task_1", data };
    expect(textOf(event, subject)).toEqual({ title: "task rate limited", body });
  });

  const letters = fc.nat(0xffff).map((code) => String.fromCharCode(code));
  const written = fc.array(letters, { maxLength: 20 }).map((all) => all.join("").repeat(40));

  test("whatever an agent wrote, it is one short line without controls", () =>
    fc.assert(
      fc.property(written, (title) => {
        const { body } = textOf({ type: "task.failed", subject: "task_1", data: { title } });
        expect(Array.from(body).length).toBeLessThanOrEqual(300);
        expect(/\p{Cc}/u.test(body)).toBe(false);
      }),
    ));
});

describe("a webhook's signature", () => {
  test("is the one of the published example of Standard Webhooks", () => {
    const message = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: '{"test": 2432232314}' };
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    expect(webhookHeaders(message, secret, 1_614_265_330_999)).toEqual({
      "webhook-id": message.id,
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  test("is the same where its secret is written without the prefix", () => {
    const bare = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const message = { id: "n_1", body: "{}" };
    expect(webhookHeaders(message, ` ${bare}\n`, 0)).toEqual(
      webhookHeaders(message, `whsec_${bare}`, 0),
    );
  });

  test("is refused with a secret that is short", () => {
    const sign = () => webhookHeaders({ id: "n_1", body: "" }, "whsec_c2hvcnQ=", 0);
    expect(sign).toThrow("shorter than 24 bytes");
  });
});

describe("retries", () => {
  const schedule = (target: string, random: number) => {
    const delays: number[] = [];
    for (let attempts = 1; ; attempts += 1) {
      const delay = retryAfterMs(target, attempts, () => random);
      if (delay === undefined) return delays;
      delays.push(delay);
    }
  };

  test("a webhook is tried for more than a day, others for a minute", () => {
    const sum = (delays: readonly number[]) => delays.reduce((all, each) => all + each, 0);
    expect(sum(schedule("webhook:team", 0))).toBeGreaterThan(24 * 3_600_000);
    expect(sum(schedule("desktop", 0))).toBe(65_000);
  });

  test("chance only makes them later", () => {
    expect(schedule("desktop", 1)).toEqual([6_000, 72_000]);
  });
});
