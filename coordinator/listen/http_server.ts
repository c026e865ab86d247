/**
 * The HTTP server of `node:http` on connections that are accepted elsewhere: hands each request on, sends the
 * answer, and reports what a connection does to {@linkcode Connections}.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createHttpParser } from "../../protocol/listen/node_server.ts";
import type { Connections, HeldConnection } from "./connections.ts";
import { hasBody, refusalText, sendResponse, toRequest } from "./http_bridge.ts";
import type { Upgrade } from "./upgrade.ts";

/** Answers a request; `upgrade` is there when it asks for a WebSocket. */
export type Answer = (
  request: Request,
  from: { readonly peer: string; readonly upgrade?: Upgrade },
) => Promise<Response>;

/** Serves a connection that was taken in. */
export function createHttpServer(
  { scheme, connections, answer }: {
    readonly scheme: "http" | "https";
    readonly connections: Connections;
    readonly answer: Answer;
  },
): (connection: HeldConnection) => void {
  const server = createHttpParser();

  async function respond(
    held: HeldConnection,
    message: IncomingMessage,
    to: ServerResponse,
  ): Promise<void> {
    const gone = new AbortController();
    to.once("close", () => to.writableFinished || gone.abort());
    const request = toRequest(message, scheme, gone.signal);
    const response = request
      ? await answer(request, { peer: held.stream.remoteAddress })
      : new Response(null, { status: 400 });
    // What was not read of the body would be taken for the next request's wait.
    if (!message.complete) to.shouldKeepAlive = false;
    await sendResponse(response, to);
  }

  async function upgrade(
    held: HeldConnection,
    message: IncomingMessage,
    head: Buffer,
  ): Promise<void> {
    const { plain: stream } = held;
    let taken = false;
    const request = toRequest(message, scheme);
    const response = request
      ? await answer(request, {
        peer: held.stream.remoteAddress,
        upgrade: {
          ...{ message, stream, head },
          take() {
            taken = true;
            connections.upgraded(held);
          },
          rise: (standing) => connections.rise(held, standing),
        },
      })
      : new Response(null, { status: 400 });
    if (taken) return;
    stream.end(await refusalText(response));
    // Until the other end closes too.
    stream.resume();
    connections.answered(held);
  }

  server.on("request", (message, to) => {
    const held = connections.of(message.socket);
    if (!held || !connections.request(held)) return;
    message.once("end", () => connections.read(held));
    if (!hasBody(message)) message.resume();
    to.once("finish", () => connections.answered(held));
    respond(held, message, to).catch(() => held.stream.destroy());
  });
  server.on("upgrade", (message, stream, head) => {
    const held = connections.of(stream);
    if (!held || !connections.request(held)) return;
    upgrade(held, message, head).catch(() => held.stream.destroy());
  });
  return ({ plain }) => void server.emit("connection", plain);
}
