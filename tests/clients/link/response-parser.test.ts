import { expect, test } from "vitest";
import { ResponseParser } from "../../../src/clients/link/response-parser.ts";

const answers = {
  length: "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-A: b\r\n\r\nhello wörl",
  chunked:
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n5;ext=1\r\nhello\r\n6\r\n wörl\r\n0\r\nTrail: er\r\n\r\n",
  continued:
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-A: b\r\ncontent-length: 11\r\n\r\nhello wörl",
};

function read(bytes: Buffer, cuts: readonly number[]): { body: string; done: boolean; a: unknown } {
  const parser = new ResponseParser();
  const body: Buffer[] = [];
  let a: unknown;
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    for (const piece of parser.push(bytes.subarray(from, to))) {
      if (piece.kind === "head") a = piece.headers.get("x-a");
      else body.push(Buffer.from(piece.bytes));
    }
    from = to;
  }
  return { body: Buffer.concat(body).toString("utf8"), done: parser.isDone, a };
}

test.each(Object.entries(answers))(
  "a %s body is whole, wherever the bytes are cut",
  (_name, text) => {
    const bytes = Buffer.from(text);
    const expected = { body: "hello wörl", done: true, a: "b" };
    expect(read(bytes, [])).toEqual(expected);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      expect(read(bytes, [cut])).toEqual(expected);
      expect(read(bytes, [cut, Math.min(cut + 1, bytes.length)])).toEqual(expected);
    }
    expect(read(bytes, Array.from(bytes.keys()))).toEqual(expected);
  },
);

test("a body without a length ends with the connection", () => {
  const parser = new ResponseParser();
  const pieces = [...parser.push(Buffer.from("HTTP/1.1 200 OK\r\n\r\nabc"))];
  expect(pieces.map((piece) => piece.kind)).toEqual(["head", "data"]);
  expect(parser.isDone).toBe(false);
  parser.end();
  expect(parser.isDone).toBe(true);
});

test("a body that is cut short, and what is no HTTP, are errors", () => {
  const cut = new ResponseParser();
  expect([...cut.push(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"))]).toHaveLength(
    2,
  );
  expect(() => cut.end()).toThrow("closed the connection");
  const strange = new ResponseParser();
  expect(() => [...strange.push(Buffer.from("SSH-2.0-x\r\n\r\n"))]).toThrow("no HTTP status");
  const endless = new ResponseParser();
  expect(() => [...endless.push(Buffer.alloc(70_000, 65))]).toThrow("no end");
  const bad = new ResponseParser();
  const text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
  expect(() => [...bad.push(Buffer.from(text))]).toThrow("no size");
});

test("204 has no body", () => {
  const parser = new ResponseParser();
  expect([...parser.push(Buffer.from("HTTP/1.1 204 No Content\r\n\r\n"))]).toHaveLength(1);
  expect(parser.isDone).toBe(true);
});
