/**
 * A program that sends one packet past the runtime, from a socket of the runtime, and prints the log and `arrived`.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { systemClock } from "../../../protocol/clock.ts";
import { createLog } from "../../../protocol/log.ts";
import { OwnDescriptor } from "../../../worker/fast_send/descriptor.ts";
import { openFastSend } from "../../../worker/fast_send/fast_send.ts";
import { socketAddress } from "../../../media/socket_address.ts";

const log = createLog({ clock: systemClock, sink: console.log });
const { libc, batch, grouping } = openFastSend({ log })!;
const sockets = [createSocket("udp4"), createSocket("udp4")] as const;
const [from, to] = sockets;
for (const socket of sockets) {
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
}
const own = OwnDescriptor.of(libc, socketAddress(from.address())!)!;
const arrived = once(to, "message");
batch.add(Uint8Array.of(1, 2, 3), 5);
batch.send(own.number!, { to: socketAddress(to.address())!, grouping });
await arrived;
console.log("arrived");
own[Symbol.dispose]();
for (const socket of sockets) socket.close();
