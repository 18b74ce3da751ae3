import { expect, test } from "vitest";
import { eventId, factsOf, readEventId, resumption, withKey } from "../../src/daemon/mcp/rpc.ts";

const call = (params: unknown, id: unknown = 7) => ({
  jsonrpc: "2.0",
  id,
  method: "tools/call",
  params,
});

test("a call gets a key, unless it came with one; nothing else is touched", () => {
  const keyed = withKey(call({ name: "handoff", arguments: { a: 1 } }), () => "k1");
  expect(keyed).toEqual(
    call({ name: "handoff", arguments: { a: 1 }, _meta: { "conductor/key": "k1" } }),
  );
  const own = call({ name: "handoff", _meta: { "conductor/key": "mine", x: 1 } });
  expect(withKey(own, () => "k2")).toEqual(own);
  const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
  expect(withKey(list, () => "k")).toBe(list);
});

test("only a handoff's call can be taken up again, by what its event id says", () => {
  const params = { name: "handoff", _meta: { "conductor/key": "k", progressToken: 3 } };
  const { cut } = factsOf(call(params));
  expect(cut).toEqual({ id: 7, key: "k", token: 3 });
  if (cut === undefined) throw new Error("it cannot be taken up");
  const again = readEventId(eventId(cut));
  expect(again).toEqual(cut);
  expect(factsOf(resumption(cut)).cut).toEqual(cut);
  expect(factsOf(call({ name: "assign", _meta: { "conductor/key": "k" } })).cut).toBeUndefined();
});

test("a key that the model chose is the one that counts", () => {
  const params = { name: "handoff", arguments: { key: "mine" }, _meta: { "conductor/key": "k" } };
  expect(factsOf(call(params)).cut?.key).toBe("mine");
});

test.each([undefined, "", "x", "%%%", Buffer.from("[1]").toString("base64url"), "e30"])(
  "an event id that is not ours, %s, means nothing",
  (text) => {
    expect(readEventId(text)).toBeUndefined();
  },
);

test("whatever is sent is read without a throw", () => {
  for (const body of [null, 7, "x", [], [[]], {}, { id: {}, method: 7, params: [] }])
    expect(() => factsOf(withKey(body, () => "k"))).not.toThrow();
  expect(factsOf({ method: "notifications/cancelled", params: { requestId: 4 } }).cancels).toBe(4);
});
