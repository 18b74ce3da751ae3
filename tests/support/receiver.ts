/** A webhook's receiver: a real server on a port of its own. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import { onTestFinished } from "vitest";

interface Post {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Gives these answers in turn, then 200. */
export async function receiver(
  ...answers: readonly Answer[]
): Promise<{ readonly posts: readonly Post[]; readonly url: string }> {
  const posts: Post[] = [];
  const waiting = [...answers];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (piece: string) => {
      body += piece;
    });
    request.on("end", () => {
      posts.push({ headers: request.headers, body });
      const { status, headers = {} } = waiting.shift() ?? { status: 200 };
      response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it has no port");
  return { posts, url: `http://127.0.0.1:${address.port}/hook` };
}
