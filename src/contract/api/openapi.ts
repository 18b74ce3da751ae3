/** OpenAPI 3.1 of the REST interface, made of the same lines that the daemon serves it by. */
import { ERROR_CODES, type ErrorCode } from "../../base/errors.ts";
import { PROBLEM_TYPE, problem } from "../events.ts";
import { api } from "./index.ts";
import type { Route } from "./route.ts";
import { type JsonSchema, SchemaWriter } from "./schemas.ts";

/** What the parts of a path are. */
const PARAMETERS: Readonly<Record<string, string>> = {
  ref: "A name, an id, its unique beginning, or an approval's small number.",
  id: "An id or its unique beginning.",
  name: "A name.",
  contract: "The format of an agent's hooks.",
  event: "The hook's name for it.",
};

const EVERYWHERE: readonly ErrorCode[] = ["usage.invalid", "internal"];
const WITH_TOKEN: readonly ErrorCode[] = ["auth.missing", "auth.refused"];
const WITH_BODY: readonly ErrorCode[] = ["message.too_large", "usage.media_type"];

export interface OpenApiDocument extends JsonSchema {
  readonly openapi: string;
}

export function openApiDocument(about: {
  readonly version: string;
  readonly server: string;
}): OpenApiDocument {
  const writer = new SchemaWriter();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [id, route] of Object.entries<Route>(api)) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(id, route, writer) };
  }
  writer.write(problem.array(), "output");
  return {
    openapi: "3.1.1",
    info: {
      title: "agent-conductor",
      version: about.version,
      description:
        "Runs agent CLIs in tmux panes, knows what each is doing, carries messages, and asks a human. Times are epoch milliseconds.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: about.server }],
    paths,
    components: {
      schemas: writer.components,
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description:
            "`human`: the token of the conductor home, or one of `conductor token create --human`. `agent`: the one in an agent's environment, for its own terminal only. `read`: of `conductor token create --read`.",
        },
      },
    },
  };
}

function operation(id: string, route: Route, writer: SchemaWriter): JsonSchema {
  const notes = [
    route.about,
    route.isOwners === true ? "Of people only the owner." : undefined,
    route.isFromOutside === true ? "Refused from inside an agent's pane." : undefined,
  ].filter((note) => note !== undefined);
  return {
    operationId: id,
    summary: route.summary,
    ...(notes.length === 0 ? {} : { description: notes.join(" ") }),
    security: route.scopes.map((scope) => ({ token: [scope] })),
    parameters: [...pathParameters(route), ...queryParameters(route, writer)],
    ...requestBody(route, writer),
    responses: {
      "200": {
        description: "What was asked for.",
        content: content(route.gives, writer.write(route.response, "output")),
      },
      ...(route.canBeEmpty === true ? { "204": { description: "No content." } } : {}),
      ...failures(route),
    },
  };
}

function pathParameters({ path }: Route): JsonSchema[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    description: PARAMETERS[name] ?? name,
    schema: { type: "string" },
  }));
}

function queryParameters({ query }: Route, writer: SchemaWriter): JsonSchema[] {
  return Object.entries(propertiesOf(writer.write(query, "input"))).map(([name, schema]) => ({
    name,
    in: "query",
    schema,
  }));
}

function requestBody(route: Route, writer: SchemaWriter): JsonSchema {
  const schema = writer.write(route.body, "input");
  const isEmpty = schema["type"] === "object" && Object.keys(propertiesOf(schema)).length === 0;
  if (route.method === "GET" || isEmpty) return {};
  return { requestBody: { required: true, content: content(route.takes, schema) } };
}

function propertiesOf({ properties }: JsonSchema): JsonSchema {
  return typeof properties === "object" && properties !== null ? { ...properties } : {};
}

/** One answer for each status, with the codes that it may bear. */
function failures(route: Route): JsonSchema {
  const codes = [
    ...EVERYWHERE,
    ...(route.scopes.length === 0 ? [] : WITH_TOKEN),
    ...(route.method === "GET" ? [] : WITH_BODY),
    ...route.errors,
  ];
  const byStatus = Map.groupBy(new Set(codes), (code) => ERROR_CODES[code].http);
  return Object.fromEntries(
    [...byStatus].map(([status, all]) => [
      String(status),
      {
        description: all.map((code) => `\`${code}\``).join(", "),
        content: { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );
}

function content(type: string | undefined, schema: JsonSchema): JsonSchema {
  return { [type ?? "application/json"]: { schema } };
}
