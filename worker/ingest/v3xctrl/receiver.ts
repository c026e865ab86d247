/**
 * The UDP port at which a v3xctrl streamer sends its pictures.
 *
 * @module
 */
import { type Clock, every } from "../../../protocol/clock.ts";
import { openUdp } from "../../../protocol/datagram/udp.ts";
import { errorText } from "../../../protocol/error_text.ts";
import { type PictureListener, V3xctrlPictures } from "./pictures.ts";

/** Time between two looks for what is missing, in milliseconds. */
const TURN = 100;

/** Reports of a receiver. */
export interface V3xctrlListener extends PictureListener {
  /** It listens at this port. */
  bound(port: number): void;
  /** No port could be bound; `error` is a sentence. */
  failed(error: string): void;
}

/** Listens at the first port that is free. Its thread ends it. */
export function receiveV3xctrl(
  { clock, address, ports, listener }: {
    readonly clock: Clock;
    readonly address: string;
    readonly ports: readonly number[];
    readonly listener: V3xctrlListener;
  },
): Pick<V3xctrlPictures, "counts" | "from"> {
  const pictures = new V3xctrlPictures(listener);
  every(clock, TURN, () => pictures.turn(clock.now()));
  void listen();

  async function listen(): Promise<void> {
    let error: unknown;
    for (const port of ports) {
      try {
        const socket = await openUdp({
          host: address,
          port,
          received: (datagram, from) => pictures.push(datagram, from.host, clock.now()),
        });
        return listener.bound(socket.port);
      } catch (cause) {
        error = cause;
      }
    }
    listener.failed(`Cannot receive the pictures of the streamer: ${errorText(error)}`);
  }

  return pictures;
}
