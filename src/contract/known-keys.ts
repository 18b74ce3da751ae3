/** Which keys a schema knows at a place, for telling what a mistyped one was meant to be. */
export function knownKeys(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  const places = path.reduce<readonly unknown[]>(
    (found, key) => found.flatMap((each) => inside(each, key)),
    [schema],
  );
  return places.flatMap((each) => Object.keys(shapeOf(each)));
}

function inside(schema: unknown, key: PropertyKey): readonly unknown[] {
  const def = definitionOf(schema);
  const direct = [shapeOf(schema)[String(key)], def["element"], def["valueType"]];
  return [
    ...direct.filter((each) => each !== undefined),
    ...wrappedIn(def).flatMap((each) => inside(each, key)),
  ];
}

/** The keys of an object, also of one that is optional, has a default, or is one of several. */
function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
  const def = definitionOf(schema);
  return Object.assign({}, ...wrappedIn(def).map(shapeOf), recordOf(def["shape"]));
}

function wrappedIn(def: Readonly<Record<string, unknown>>): readonly unknown[] {
  const wrapped = [def["innerType"], def["in"], def["out"], ...listOf(def["options"])];
  return wrapped.filter((each) => each !== undefined);
}

/** zod keeps what a schema is made of in `_zod.def`. */
function definitionOf(schema: unknown): Readonly<Record<string, unknown>> {
  return recordOf(recordOf(recordOf(schema)["_zod"])["def"]);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  const isRecord = (it: unknown): it is Record<string, unknown> =>
    (typeof it === "object" || typeof it === "function") && it !== null;
  return isRecord(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
