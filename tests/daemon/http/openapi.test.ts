import SwaggerParser from "@apidevtools/swagger-parser";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { api } from "../../../src/contract/api/index.ts";
import { openApiDocument } from "../../../src/contract/api/openapi.ts";
import type { Route } from "../../../src/contract/api/route.ts";
import { call, served } from "../../support/served.ts";
import { answers } from "./answers.ts";

const document = openApiDocument({ version: "1.0.0", server: "http://127.0.0.1:7373" });

test("the document is valid OpenAPI 3.1", async () => {
  const copy = JSON.parse(JSON.stringify(document));
  await expect(SwaggerParser.validate(copy)).resolves.toBeTruthy();
});

test("a broken document is not: the validator looks", async () => {
  const copy = JSON.parse(JSON.stringify(document));
  copy.paths["/api/v1/messages"].get.parameters[0].in = "nowhere";
  await expect(SwaggerParser.validate(copy)).rejects.toThrow(/schema|valid/i);
});

test("the daemon serves it, with its own address, to everybody", async () => {
  const world = await served();
  const answer = await call(world, "/api/v1/openapi.json");
  expect(answer.status).toBe(200);
  const { paths } = JSON.parse(JSON.stringify(document));
  expect(await answer.json()).toMatchObject({ servers: [{ url: world.url }], paths });
});

test("every route answers as the document says", async () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema(JSON.parse(JSON.stringify(document)), "doc");
  const world = await served();
  const seen = await answers(world);
  expect(Object.keys(seen).toSorted()).toEqual(Object.keys(api).toSorted());
  for (const [name, route] of Object.entries<Route>(api)) {
    const { status, type, body } = seen[name] ?? {};
    const isEmpty = route.canBeEmpty === true;
    expect({ name, status, body }).toMatchObject({ name, status: isEmpty ? 204 : 200 });
    if (isEmpty) continue;
    const given = route.gives ?? "application/json";
    expect({ name, type }).toEqual({ name, type: given });
    const fits = ajv.compile({ $ref: `doc#/${place(route, given)}` });
    fits(body);
    expect({ name, errors: fits.errors }).toEqual({ name, errors: null });
  }
}, 60_000);

/** Where the document says what a route answers. */
function place({ method, path }: Route, type: string): string {
  const escaped = path.replaceAll(/:(\w+)/g, "%7B$1%7D").replaceAll("/", "~1");
  return `paths/${escaped}/${method.toLowerCase()}/responses/200/content/${type.replace("/", "~1")}/schema`;
}
