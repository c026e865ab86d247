/**
 * Opens the first WebSocket to the coordinator before the page's program is loaded, and gives it to the program with
 * what came meanwhile. On a phone the program takes longer to load than the coordinator takes to answer.
 *
 * @module
 */
import type { Dial, Wire, WireListener } from "../../../protocol/connection/leg_client.ts";

/** Events that wait for the program; a coordinator that sends more is dialled again by the program. */
const MOST_WAITING = 64;

/** Dials `url` at once. The dial that is returned gives this connection to the first caller with the same address. */
export function dialEarly(dial: Dial, url: string): Dial {
  let waiting: ((listener: WireListener) => void)[] = [];
  let listener: WireListener | undefined;
  const pass = (event: (listener: WireListener) => void) => {
    if (listener) return event(listener);
    waiting.push(event);
    if (waiting.length > MOST_WAITING) drop();
  };
  let early: Wire | undefined = dial(url, {
    opened: () => pass((to) => to.opened()),
    text: (text) => pass((to) => to.text(text)),
    closed: (code, reason) => pass((to) => to.closed(code, reason)),
  });
  function drop() {
    early?.terminate();
    early = undefined;
    waiting = [];
  }
  return (wanted, to) => {
    const wire = early;
    if (!wire || wanted !== url) {
      drop();
      return dial(wanted, to);
    }
    early = undefined;
    let isOver = false;
    // The listener of a dial is not called before the dial returns.
    queueMicrotask(() => {
      if (isOver) return;
      for (const event of waiting.splice(0)) event(to);
      listener = to;
    });
    return {
      send: (text) => wire.send(text),
      close: (code, reason) => wire.close(code, reason),
      terminate() {
        isOver = true;
        wire.terminate();
      },
      get bufferedAmount() {
        return wire.bufferedAmount;
      },
    };
  };
}
