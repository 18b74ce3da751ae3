const { rings, features } = require("./scripts/rings.cjs");

const only = (root, map) =>
  Object.entries(map).map(([name, uses]) => ({
    name: `${root.split("/").pop()}-${name}-uses-only-${uses.join("-") || "itself"}`,
    severity: "error",
    from: { path: `^${root}/${name}/` },
    to: { path: `^${root}/[^/]+/`, pathNot: `^${root}/(${[name, ...uses].join("|")})/` },
  }));
module.exports = {
  forbidden: [
    ...only("src", rings),
    ...only("src/core", features),
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "enter-features-by-index",
      severity: "error",
      from: { path: "^src/core/([^/]+)/" },
      to: { path: "^src/core/([^/]+)/(?!index\\.ts)", pathNot: "^src/core/$1/" },
    },
    {
      name: "enter-core-by-index",
      severity: "error",
      from: { path: "^src/(drivers|daemon|clients)/" },
      to: { path: "^src/core/[^/]+/(?!index\\.ts)" },
    },
    {
      name: "clients-use-only-pure-core",
      severity: "error",
      from: { path: "^src/clients/" },
      to: { path: "^src/core/", pathNot: "^src/core/(providers|profiles|guard|policy|audit|sandbox)/" },
    },
    {
      name: "core-touches-no-io",
      severity: "error",
      from: { path: "^src/(base|contract|core)/" },
      to: {
        path: "^(node:)?(child_process|fs|fs/promises|net|http|https|os)$|node_modules/(execa|better-sqlite3|node-pty|chokidar)/",
      },
    },
    {
      name: "one-sql-home",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/drivers/sqlite/" },
      to: { path: "node_modules/better-sqlite3/" },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
  },
};
