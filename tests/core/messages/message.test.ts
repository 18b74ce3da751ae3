import { expect, test } from "vitest";
import { messageState } from "../../../src/contract/messages.ts";
import {
  failureNotice,
  type MessageSignal,
  nextMessageState,
  terminalOfActor,
} from "../../../src/core/messages/index.ts";
import { isTooLongToPaste, pasteText } from "../../../src/core/messages/paste.ts";

const signals = ["claim", "deliver", "requeue", "fail", "cancel", "expire", "abandon"] as const;
const table: Record<string, Partial<Record<MessageSignal, string>>> = {
  queued: { claim: "delivering", cancel: "cancelled", expire: "expired", abandon: "failed" },
  delivering: { deliver: "delivered", requeue: "queued", fail: "failed", cancel: "cancelled" },
  delivered: {},
  failed: {},
  expired: {},
  cancelled: {},
};

test.each(
  messageState.options.flatMap((state) => signals.map((signal) => [state, signal] as const)),
)("a message that is %s, on %s", (state, signal) => {
  expect(nextMessageState(state, signal)).toBe(table[state]?.[signal]);
});

test.each([
  ["/help me", " /help me"],
  ["!ls", " !ls"],
  ["#note", " #note"],
  ["@file", " @file"],
  ["?", " ?"],
  ["  /help", "  /help"],
  ["\n/help", " \n/help"],
  ["\u200B/help", " \u200B/help"],
  ["a/b", "a/b"],
  ["exit", "Message: exit"],
  [" Quit\n", "Message:  Quit"],
  ["\u2060:wq!", "Message: \u2060:wq!"],
  ["exit the loop early", "exit the loop early"],
])("%j is typed as %j", (body, text) => {
  expect(pasteText(body, " ")).toBe(text);
});

test("what is typed into a shell is never changed into something else", () => {
  expect(pasteText("exit", "")).toBe("exit");
  expect(pasteText("/bin/true", "")).toBe("/bin/true");
});

test("what could steer a terminal or end the paste early is taken out, words and breaks stay", () => {
  const body = "one\r\ntwo\tthree\u001B[201~four\u0000\u0007\u009B5\u001B[31mred\n\n";
  expect(pasteText(body, " ")).toBe("one\ntwo\tthreefour5red");
  expect(pasteText("👩‍👩‍👧 日本", " ")).toBe("👩‍👩‍👧 日本");
});

test("a guard of a word is put in front once", () => {
  expect(pasteText("!ls", "Text: ")).toBe("Text: !ls");
  expect(pasteText("Text: !ls", "Text: ")).toBe("Text: !ls");
  expect(pasteText("exit", "Text: ")).toBe("Text: exit");
});

test.each([
  ["@file", " @file "],
  ["mail it to me@home", "mail it to me@home"],
  ["look at @src/", "look at @src/ "],
  ["@dev look", " @dev look"],
  ["one\n@two\n", "one\n@two "],
  ["first run /init", "first run /init "],
])("where a menu of mentions would open, %j is typed as %j", (body, text) => {
  expect(pasteText(body, " ", " ")).toBe(text);
});

test("the bound of a paste is counted in bytes", () => {
  expect(isTooLongToPaste("x".repeat(256 * 1024))).toBe(false);
  expect(isTooLongToPaste("ä".repeat(128 * 1024))).toBe(false);
  expect(isTooLongToPaste("ä".repeat(128 * 1024 + 1))).toBe(true);
});

test("a notice names the message, the receiver, what happened and how it began", () => {
  const message = { id: "m_1", toName: "dev", body: `line\none ${"x".repeat(100)}` };
  expect(failureNotice(message, "expired", "nobody took it")).toBe(
    `Your message m_1 to dev was not delivered (expired: nobody took it). It began: "line one ${"x".repeat(51)}"`,
  );
});

test("only an agent is a terminal", () => {
  expect(terminalOfActor("agent:t_1")).toBe("t_1");
  expect(terminalOfActor("human")).toBeUndefined();
});
