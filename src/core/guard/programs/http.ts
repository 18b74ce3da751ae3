/** curl, wget and their kin: what they fetch, and what they send. */

import type { Call } from "../call.ts";
import { reading, writing } from "../deeds.ts";
import { type Field, FROM_NET, field, type Stream, UNKNOWN, wordAt } from "../field.ts";
import { baseOf } from "../known-paths.ts";
import { readOptions } from "../options.ts";
import { tell } from "./deleters.ts";
import { fileOf, isLocal, isSecretFile } from "./endpoints.ts";

const CURL_VALUED =
  "-o --output -d --data --data-raw --data-binary --data-urlencode --data-ascii --json -F --form --form-string -T --upload-file -H --header -X --request -u --user -A --user-agent -b --cookie -c --cookie-jar -e --referer -K --config -x --proxy -m --max-time --connect-timeout --retry --retry-delay -w --write-out -E --cert --key --cacert --capath -r --range -D --dump-header -y -Y --resolve --interface --limit-rate -C -z --output-dir --url -Q --quote --unix-socket --abstract-unix-socket --netrc-file --oauth2-bearer --trace --trace-ascii --stderr --proto --tls-max --ciphers".split(
    " ",
  );

export function curl(call: Call): Stream {
  const read = readOptions(call.args, { valued: CURL_VALUED });
  const urls = [...read.operands, ...read.values("--url")];
  const local =
    urls.length > 0 && urls.every((url) => isLocal(url.text) || url.text.startsWith("file:"));
  for (const file of read.values("-o", "--output")) fetched(call, file, local);
  if (read.has("-O", "--remote-name"))
    for (const url of urls) fetched(call, field(baseOf(url.text)), local);
  for (const file of read.values(
    "-c",
    "--cookie-jar",
    "-D",
    "--dump-header",
    "--trace",
    "--trace-ascii",
    "--stderr",
  ))
    if (file.text !== "-") tell(call, writing(call.target(file)));
  for (const file of read.values("-K", "--config")) config(call, file);
  const bodies = read.values(
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-urlencode",
    "--data-ascii",
    "--json",
    "-F",
    "--form",
  );
  const files = read.values("-T", "--upload-file");
  const method = read.value("-X", "--request")?.text.toUpperCase() ?? "";
  const secret =
    [
      ...bodies,
      ...urls,
      ...read.values("-H", "--header", "-b", "--cookie", "-u", "--user", "-A", "-e"),
    ].some((one) => one.secret) ||
    [...bodies.map(fileOf), ...files].some((one) => isSecretFile(call, one));
  // With `-G` they are the address's own query.
  const asks = read.has("-G", "--get");
  const sends =
    (bodies.length > 0 && !asks) || files.length > 0 || /^(PUT|DELETE|PATCH|POST)$/.test(method);
  if (urls.some((url) => url.text.startsWith("file:")))
    for (const url of urls)
      tell(call, reading(call.target({ ...url, text: url.text.replace(/^file:(\/\/)?/, "") })));
  if ([...bodies, ...urls].some((one) => one.credential) && !local)
    call.report("read-secret", "puts a credential into what it sends");
  if (secret && !local) call.report("send-secret", "sends credentials away");
  else if (sends && !local)
    call.report("send-data", `sends data to ${urls[0]?.text ?? "another machine"}`);
  else call.report("network-read", `fetches ${wordAt(urls, 0)}`);
  if (read.value("--unix-socket")?.text.includes("conductor") === true)
    call.report("guard-tamper", "talks to the guard");
  return local ? UNKNOWN : { ...FROM_NET, secret: false };
}

export function fetched(call: Call, file: Field, local: boolean): void {
  const to = call.target(file);
  tell(call, writing(to));
  if (to.path !== "" && !local) call.scope.made.files.set(to.path, FROM_NET);
}

/** A configuration of curl can name any file to write. */
function config(call: Call, file: Field): void {
  const text = file.stream?.text ?? (file.text === "-" ? call.stdin.text : undefined);
  if (text === undefined) {
    call.report("run-hook", "curl reads its options from a file");
    return;
  }
  for (const [, name = ""] of text.matchAll(/^\s*-{0,2}(?:output|o)\s*[= ]\s*"?([^"\n]+)"?/gm))
    tell(call, writing(call.target(field(name))));
}

export function wget(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: [
      "-O",
      "--output-document",
      "-o",
      "--output-file",
      "-P",
      "--directory-prefix",
      "--post-data",
      "--post-file",
      "--body-data",
      "--body-file",
      "--method",
      "--header",
      "-e",
      "--execute",
      "--use-askpass",
      "-i",
      "-t",
      "-T",
      "-U",
      "--user-agent",
      "-a",
      "-d",
      "-x",
    ],
  });
  const urls = read.operands;
  const local = urls.length > 0 && urls.every((url) => isLocal(url.text));
  const out = read.value("-O", "--output-document");
  const askpass = read.value("--use-askpass");
  if (askpass !== undefined) call.runText(askpass, { via: "wget" });
  if (out !== undefined && out.text !== "-") fetched(call, out, local);
  const folder = read.value("-P", "--directory-prefix");
  for (const url of out === undefined ? urls : [])
    fetched(
      call,
      field(`${folder === undefined ? "" : `${folder.text}/`}${baseOf(url.text) || "index.html"}`),
      local,
    );
  const bodies = read.values("--post-data", "--body-data");
  const files = read.values("--post-file", "--body-file");
  const secret =
    [...bodies, ...urls, ...read.values("--header")].some((one) => one.secret) ||
    files.some((file) => isSecretFile(call, file));
  if ([...bodies, ...urls].some((one) => one.credential) && !local)
    call.report("read-secret", "puts a credential into what it sends");
  if (secret && !local) call.report("send-secret", "sends credentials away");
  else if ((bodies.length > 0 || files.length > 0 || changesBy(read.value("--method"))) && !local)
    call.report("send-data", "sends data");
  else call.report("network-read", `fetches ${wordAt(urls, 0)}`);
  const stdout = out?.text === "-" || call.args.some((arg) => /^-[a-zA-Z]*O-$/.test(arg.text));
  return stdout && !local ? FROM_NET : UNKNOWN;
}

function changesBy(method: Field | undefined): boolean {
  return method !== undefined && !/^(GET|HEAD|OPTIONS)$/i.test(method.text);
}

/** FreeBSD's. */
export function fetch(call: Call): Stream {
  const out = readOptions(call.args, { valued: ["-o", "-T", "-w"] }).value("-o");
  if (out !== undefined && out.text !== "-") fetched(call, out, false);
  call.report("network-read", "fetches");
  return out?.text === "-" ? FROM_NET : UNKNOWN;
}

export function httpie(call: Call): Stream {
  const read = readOptions(call.args, { valued: ["-o", "--output", "-a", "--auth", "--session"] });
  const [first, second] = read.operands;
  const method = /^[A-Z]+$/.test(first?.text ?? "") ? first?.text : undefined;
  const url = method === undefined ? first : second;
  const local = url !== undefined && isLocal(url.text);
  const sends =
    (method !== undefined && !/^(GET|HEAD|OPTIONS)$/.test(method)) ||
    (method === undefined && read.operands.slice(1).some((one) => /[^=!]=|:=|@/.test(one.text)));
  const secret =
    read.operands.some((one) => one.secret) ||
    call.stdin.secret ||
    read.operands.some((one) =>
      isSecretFile(call, fileOf({ ...one, text: one.text.replace(/^[^@]*@/, "@") })),
    );
  if (secret && !local) call.report("send-secret", "sends credentials away");
  else call.report(sends && !local ? "send-data" : "network-read", `asks ${url?.text ?? ""}`);
  return local ? UNKNOWN : FROM_NET;
}
