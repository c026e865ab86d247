import type { ControlLink, Send } from "../../agent/control_link.ts";
import type { LoginState } from "../../agent/login.ts";
import { SenderId } from "../../protocol/ids.ts";

export const ONLINE: LoginState = {
  state: "online",
  senderId: SenderId.parse("snd_1"),
  token: "token-1",
  config: { name: "Box 7", status_period_ms: 10_000, stats_period_ms: 1_000 },
  skew: undefined,
};

/** The control link of a device. Its coordinator accepts every message while it is connected. */
export class FakeControlLink implements ControlLink {
  state: LoginState = ONLINE;
  readonly sent: { type: string; id: string | undefined; payload: unknown }[] = [];

  readonly send: Send = (type, payload, id) => {
    if (this.state.state !== "online") return false;
    this.sent.push({ type, id, payload });
    return true;
  };

  /** Removes and returns the sent messages of one type. */
  take(type: string): { id: string | undefined; payload: unknown }[] {
    const found = this.sent.filter((each) => each.type === type);
    this.sent.splice(0, Infinity, ...this.sent.filter((each) => each.type !== type));
    return found.map(({ id, payload }) => ({ id, payload }));
  }

  [Symbol.dispose](): void {}
}
