// Carries connections between a port of 127.0.0.1 and a socket file, and so from one network namespace to another:
//   node relay.mjs listen FILE PORT     the socket file is listened on, the port connected to
//   node relay.mjs reach FILE PORT      the other way round
import { connect, createServer } from "node:net";

const [way, file, port] = process.argv.slice(2);
const address = { host: "127.0.0.1", port: Number(port) };
const [from, to] = way === "listen" ? [{ path: file }, address] : [address, { path: file }];
createServer((here) => {
  const there = connect(to);
  here.pipe(there).pipe(here);
  here.on("error", () => there.destroy());
  there.on("error", () => here.destroy());
}).listen(from);
