// relay.cjs PORT SOCKET: each connection to that port of loopback goes on to the socket, in a sandbox without a network.
const { connect, createServer } = require("node:net");
const [port, socket] = process.argv.slice(2);
const server = createServer({ allowHalfOpen: true }, (inside) => {
  const outside = connect({ path: socket, allowHalfOpen: true });
  const end = () => [inside, outside].forEach((each) => each.destroy());
  inside.on("error", end).pipe(outside);
  outside.on("error", end).pipe(inside);
  inside.on("close", end);
  outside.on("close", () => inside.end());
});
server.listen(Number(port), "127.0.0.1", () => process.stdout.write("ready\n"));
