/** Clients and administration of databases, brokers and stores: what their statements change. */
import type { Call, Judge } from "../call.ts";
import { reading } from "../deeds.ts";
import { type Field, field, isKnown, type Stream, wordAt } from "../field.ts";
import { readOptions } from "../options.ts";
import { tell } from "./deleters.ts";
import { always, say } from "./system.ts";

/** Clients and administration of databases, brokers and stores. */
export const databases = new Map<string, Judge>([
  ["psql", sql],
  ["mysql", sql],
  ["mariadb", sql],
  ["sqlite3", sql],
  ["sqlite", sql],
  ["duckdb", sql],
  ["pgcli", sql],
  ["mycli", sql],
  ["usql", sql],
  ["cockroach", sql],
  ["sqlcmd", sql],
  ["clickhouse-client", sql],
  ["clickhouse", sql],
  ["cqlsh", sql],
  ["snowsql", sql],
  ["influx", sql],
  ["trino", sql],
  ["sqlplus", sql],
  ...[
    "cypher-shell",
    "osqueryi",
    "isql",
    "hive",
    "beeline",
    "presto",
    "spark-sql",
    "surreal",
    "dolt",
    "litecli",
    "mssql-cli",
    "pgcli",
    "turso",
    "athenacli",
    "iredis",
  ].map((name): [string, Judge] => [name, sql]),
  ["mongosh", mongo],
  ["mongo", mongo],
  ["redis-cli", redis],
  ["valkey-cli", redis],
  ["memcached", always("build")],
  ["dropdb", always("database-change")],
  ["dropuser", always("database-change")],
  ["createdb", always("build")],
  ["createuser", always("database-change")],
  ["pg_restore", always("database-change")],
  ["mongorestore", always("database-change")],
  [
    "mysqladmin",
    (call) =>
      say(
        call,
        call.args.some((arg) => /^(drop|shutdown|flush\S*|kill|password|create)$/.test(arg.text))
          ? "database-change"
          : "read",
        "administers",
      ),
  ],
  ["pg_dump", (call) => say(call, "read", "reads a database")],
  ["pg_dumpall", (call) => say(call, "read", "reads databases")],
  ["mysqldump", (call) => say(call, "read", "reads a database")],
  ["mongoexport", (call) => say(call, "read", "reads a database")],
  ["mongoimport", always("database-change")],
  ["mysqlimport", always("database-change")],
  ["mongodump", (call) => say(call, "read", "reads a database")],
  ["pg_isready", (call) => say(call, "read", "asks a database")],
  [
    "pg_ctl",
    (call) =>
      say(
        call,
        call.args.some((arg) => arg.text === "status") ? "read" : "process-kill",
        "administers",
      ),
  ],
  ["pg_dropcluster", always("database-change")],
  ["vacuumdb", always("build")],
  ["reindexdb", always("build")],
  [
    "rabbitmqctl",
    (call) =>
      say(
        call,
        /^(list_\S+|status|cluster_status|environment|report)$/.test(wordAt(call.args, 0))
          ? "read"
          : "database-change",
        "administers",
      ),
  ],
  ["kafka-topics", topics],
  ["kafka-topics.sh", topics],
  [
    "etcdctl",
    (call) =>
      say(
        call,
        /^(get|member|endpoint|watch|version|check)$/.test(wordAt(call.args, 0))
          ? "read"
          : "database-change",
        "asks a store",
      ),
  ],
]);

function topics(call: Call): Stream {
  const changes = call.args.some((arg) => /^--(delete|alter)$/.test(arg.text));
  return say(call, changes ? "database-change" : "read", "asks a broker");
}

const SQL_CHANGES =
  /\b(drop|delete|truncate|alter|grant|revoke|update|insert\s+or\s+replace|replace\s+into|vacuum\s+full|shutdown|kill|create\s+(or\s+replace\s+)?(user|role|trigger|function|procedure)|rename|copy\s+\w+\s+(from|to)|load\s+data|into\s+outfile|attach|pragma\s+writable_schema|exec(ute)?|call|do\s+\$\$|reindex\s+database|merge\s+into|set\s+global|flush|reset\s+master|purge|detach|remove|overwrite)\b/i;

function sql(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: [
      "-c",
      "--command",
      "-e",
      "--execute",
      "-f",
      "--file",
      "-h",
      "--host",
      "-p",
      "--port",
      "-P",
      "-U",
      "-u",
      "--username",
      "--user",
      "-d",
      "--dbname",
      "--database",
      "-D",
      "-q",
      "--query",
      "-Q",
      "-S",
      "-i",
      "-o",
      "-v",
      "-F",
      "--format",
      "-cmd",
      "-init",
    ].filter((name) => !(call.name.startsWith("mysql") && name === "-p")),
  });
  if (call.args.length === 1 && /^(--version|--help|-V|-\?)$/.test(wordAt(call.args, 0)))
    return say(call, "read", "tells about itself");
  const statements = read.values(
    "-c",
    "--command",
    "-e",
    "--execute",
    "-q",
    "--query",
    "-Q",
    "-cmd",
  );
  if (/^(sqlite3?|duckdb|influx|clickhouse|cypher-shell|osqueryi|turso|litecli)$/.test(call.name))
    statements.push(...read.operands.slice(/^(cypher-shell|osqueryi)$/.test(call.name) ? 0 : 1));
  if (call.name === "influx" && /^(delete|bucket|org|user|auth)$/.test(wordAt(read.operands, 0)))
    call.report("database-change", `influx ${wordAt(read.operands, 0)}`);
  const files = read.values("-f", "--file", "-i", "-init").filter((file) => file.text !== "-");
  for (const one of statements) statement(call, one);
  for (const file of files) call.report("database-change", `runs the statements of ${file.text}`);
  if (statements.length === 0 && files.length === 0 && call.stdin.origin !== "none") {
    if (call.stdin.text === undefined)
      call.report("database-change", "runs statements that are not known");
    else statement(call, field(call.stdin.text));
  }
  for (const operand of read.operands.slice(0, 1)) {
    if (!/sqlite|duckdb/.test(call.name)) continue;
    const file = call.target(operand);
    tell(call, reading(file));
    const changes = statements.some((one) => SQL_CHANGES.test(withoutStrings(one.text)));
    if (file.guarded && (changes || call.stdin.origin !== "none"))
      call.report("guard-tamper", `changes ${file.path}`, file.path);
  }
  return say(call, "read", "asks a database");
}

function statement(call: Call, of: Field): void {
  const { text } = of;
  if (!isKnown(of)) call.report("database-change", "a statement that is known only when it runs");
  for (const [, command = ""] of text.matchAll(
    /(?:^|[\n;])\s*(?:\\!\s*|\.(?:shell|system)\s+|system\s+)(.+)/g,
  ))
    call.runText(field(command), { via: call.name });
  if (/^\s*\\(copy|o|w|g)\b.*(program|\|)/im.test(text))
    call.report("run-unresolved", "a statement starts a program");
  if (SQL_CHANGES.test(withoutStrings(text))) call.report("database-change", "changes data");
}

/** Words in quotes are data. */
function withoutStrings(text: string): string {
  return text.replace(/'[^']*'/g, "''").replace(/--.*$/gm, "");
}

function mongo(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["--eval", "-u", "-p", "--host", "--port", "--username", "--password", "-f", "--file"],
  });
  const texts = [...read.values("--eval").map((one) => one.text), call.stdin.text ?? ""];
  const changes = texts.some((text) =>
    /drop|delete|remove|update|insert|rename|shutdown|createUser|grant|replace|bulkWrite|findAndModify|findOneAnd(Delete|Update)|convertToCapped|\$out|\$merge/i.test(
      text,
    ),
  );
  if (read.has("-f", "--file") || (call.stdin.origin !== "none" && call.stdin.text === undefined))
    call.report("database-change", "runs a script");
  return say(call, changes ? "database-change" : "read", "asks a database");
}

function redis(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: [
      "-h",
      "-p",
      "-n",
      "-a",
      "-u",
      "--user",
      "--pass",
      "-s",
      "-r",
      "-i",
      "-D",
      "-d",
      "--pattern",
      "--count",
    ],
  });
  if (
    read.has(
      "--scan",
      "--stat",
      "--bigkeys",
      "--memkeys",
      "--hotkeys",
      "--latency",
      "--latency-history",
    )
  )
    return say(call, "read", "looks at keys");
  const verb = (
    read.operands[0]?.text ??
    call.stdin.text?.trim().split(/\s/)[0] ??
    ""
  ).toLowerCase();
  const reads =
    /^(ping|get|mget|keys|scan|info|ttl|pttl|type|exists|dbsize|lrange|llen|smembers|scard|sismember|hget|hgetall|hkeys|hlen|hmget|zrange|zscore|zcard|strlen|monitor|memory|slowlog|client|cluster|latency|object|time|echo|command|role|xrange|xlen|xinfo|dump|bitcount|getrange|config|acl|randomkey|subscribe|psubscribe|)$/.test(
      verb,
    );
  const inner = wordAt(read.operands, 1).toLowerCase();
  const changes =
    /^(config|acl|client|cluster|memory|slowlog)$/.test(verb) &&
    /^(set|reset|rewrite|kill|del\w*|setuser|deluser|failover|forget|purge|resetstat)$/.test(inner);
  return say(
    call,
    reads && !changes
      ? "read"
      : /^(set|setex|incr|decr|incrby|lpush|rpush|sadd|hset|zadd|expire|append|setnx|xadd|publish|mset)$/.test(
            verb,
          )
        ? "build"
        : "database-change",
    verb,
  );
}
