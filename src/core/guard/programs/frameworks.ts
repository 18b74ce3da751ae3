/** Tasks and consoles of web frameworks, which reach the data. */
import type { Call } from "../call.ts";
import { type Field, field, wordAt } from "../field.ts";
import { readOptions } from "../options.ts";
import { judgeCode } from "./code.ts";

/** Tasks of web frameworks that empty or drop a database. */
export function frameworkTask(call: Call, script: string, operands: readonly Field[]): void {
  const task = wordAt(operands, 1);
  const last = operands.at(-1)?.text;
  if (
    /(^|\/)setup\.py$/.test(script) &&
    operands.some((one) => /^(upload|register)$/.test(one.text))
  )
    call.report("publish", `${script} ${task}`);
  const django =
    /(^|\/)manage\.py$/.test(script) &&
    (/^(flush|reset_db|sqlflush|dbshell)$/.test(task) || (task === "migrate" && last === "zero"));
  const laravel =
    /(^|\/)artisan$/.test(script) &&
    /^(migrate:(fresh|reset|refresh|rollback)|db:wipe)$/.test(task);
  if (django || laravel) call.report("database-change", `${script} ${task}`);
  if (/(^|\/)setup\.py$/.test(script) && operands.slice(1).some((one) => one.text === "install"))
    call.report("system-packages", `${script} installs into the machine's Python`);
  if (/(^|\/)(manage\.py|artisan)$/.test(script) && /^(shell(_plus)?|tinker)$/.test(task))
    frameworkCode(call, readOptions(operands.slice(2), { valued: FRAMEWORK_CODE }));
}

const FRAMEWORK_CODE = ["-c", "--command", "--execute", "-e", "--eval"];

/** Calls of object mappers that change what is stored. */
const CHANGES_DATA =
  /\b(delete(_all|_by|All|Many|One)?|destroy(_all|_by|All)?|drop(_\w+|Database|Collection|Table)?|truncate\w*|flush(db|all|_all)?|update_all|forceDelete|remove(_all|All)|bulk_(delete|update)|execute|statement|unprepared)\b\s*[!(\s;'"]|\b(delete_all|destroy_all|destroy)\b/;

/** Code in the words of a web framework: `manage.py shell -c`, `rails runner`. */
export function frameworkCode(call: Call, read: ReturnType<typeof readOptions>): void {
  const given = [
    ...read.values(...FRAMEWORK_CODE),
    ...read.operands.filter((one) => /\W/.test(one.text)),
  ];
  const { stdin } = call;
  const text = stdin.origin === "none" || stdin.text === undefined ? [] : [field(stdin.text)];
  const all = [...given, ...text];
  if (all.length === 0) call.report("run-unresolved", `${call.name} opens a console on the data`);
  for (const one of all) {
    judgeCode(call, one);
    if (CHANGES_DATA.test(one.text)) call.report("database-change", "changes stored data");
  }
}
