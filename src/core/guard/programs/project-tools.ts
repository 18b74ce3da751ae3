/** Releases, frameworks, migrations and process managers, as tables of their verbs. */
import { readOptions } from "../options.ts";
import { frameworkCode } from "./frameworks.ts";
import { tasks } from "./tasks.ts";
import type { VerbTool } from "./verbs.ts";

/** Releases, frameworks, migrations and process managers. */
export const PROJECT_TOOLS: Readonly<Record<string, VerbTool>> = {
  vsce: { reads: /^(ls|package|verify-pat|show)/, deed: "publish" },
  ovsx: { deed: "publish" },
  "semantic-release": { dry: ["--dry-run", "-d"], deed: "publish" },
  "release-it": { dry: ["--dry-run"], deed: "publish" },
  np: { dry: ["--preview"], deed: "publish" },
  "standard-version": { dry: ["--dry-run"], deed: "git-local" },
  changeset: { others: [[/^publish/, "publish"]], deed: "build" },
  lerna: {
    reads: /^(ls|list|changed|diff|info)/,
    others: [
      [/^publish/, "publish"],
      [/^version/, "git-push"],
    ],
    deed: "build",
    also: tasks,
  },
  goreleaser: {
    reads: /^(check|healthcheck|jsonschema)/,
    builds: /^build/,
    dry: ["--snapshot", "--skip-publish"],
    deed: "publish",
  },
  hardhat: { others: [[/deploy|ignition/, "infra-change"]], deed: "build" },
  truffle: { others: [[/migrate|deploy/, "infra-change"]], deed: "build" },
  "kill-port": { deed: "process-kill" },
  fkill: { deed: "process-kill" },
  "fkill-cli": { deed: "process-kill" },
  rails: {
    others: [
      [
        /^(db:(drop|reset|setup|migrate:reset|rollback|truncate_all|purge|seed:replant)|destroy)|db:drop/,
        "database-change",
      ],
      [/^credentials/, "read-secret"],
    ],
    deed: "build",
    also: (call, read, words) => {
      if (/^(runner|r) /.test(words))
        frameworkCode(call, { ...read, operands: read.operands.slice(1) });
      else if (/^(console|c|dbconsole|db)$/.test(words)) frameworkCode(call, readOptions([]));
    },
  },
  rake: {
    others: [[/db:(drop|reset|purge|rollback|truncate)/, "database-change"]],
    deed: "build",
    also: tasks,
  },
  artisan: { deed: "build" },
  prisma: {
    others: [
      [/^(migrate (reset|deploy|resolve)|db (push|execute))/, "database-change"],
      [/^(studio|format|validate|generate|version)/, "build"],
    ],
    deed: "build",
  },
  sequelize: {
    others: [[/^db:(drop|migrate:undo\S*|seed:undo\S*)/, "database-change"]],
    deed: "build",
  },
  "sequelize-cli": { others: [[/^db:(drop|migrate:undo\S*)/, "database-change"]], deed: "build" },
  typeorm: {
    others: [[/^(schema:drop|migration:revert|query)/, "database-change"]],
    deed: "build",
  },
  "drizzle-kit": { others: [[/^(drop|push)/, "database-change"]], deed: "build" },
  knex: { others: [[/^(migrate:(rollback|down)|seed:run)/, "database-change"]], deed: "build" },
  alembic: { others: [[/^(downgrade|stamp)/, "database-change"]], deed: "build" },
  flyway: { reads: /^(info|validate)/, deed: "database-change" },
  liquibase: { reads: /^(status|validate|history|diff)/, deed: "database-change" },
  dbmate: {
    reads: /^(status)/,
    builds: /^(new|up|migrate|create|wait|dump)/,
    deed: "database-change",
  },
  expo: { others: [[/^(publish|submit|upload)/, "publish"]], deed: "build" },
  eas: { others: [[/^(submit|update|channel|branch)/, "publish"]], deed: "build" },
  "gh-pages": { deed: "publish" },
  husky: { deed: "write-startup" },
  chromatic: { deed: "send-data" },
  snyk: { reads: /^(test|monitor --dry|ignore|code test|--version)/, deed: "send-data" },
  pm2: {
    reads: /^(list|ls|status|logs|show|info|describe|monit|jlist|prettylist)( |$)/,
    builds: /^(start|reload|restart|save|startOrReload)( |$)/,
    others: [
      [/^(delete|stop|kill)/, "process-kill"],
      [/^(startup|unstartup|deploy)/, "persistence"],
    ],
    deed: "process-kill",
  },
};
