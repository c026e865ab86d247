/**
 * An installation with an administrator and a sender that a program can publish as.
 *
 * @module
 */
import { api } from "../../../protocol/rest/api.ts";
import { call, type CallResult } from "../../../protocol/rest/contract.ts";
import type { Stack } from "../stack/stack.ts";

/** The first administrator, a sender, and its key. */
export async function openSender({ url, coordinator }: Pick<Stack, "url" | "coordinator">) {
  const token = /\/operator\/setup#token=(\S+)/.exec(coordinator.output())?.[1] ?? "";
  const person = { email: "ana@example.org", password: "a long password", name: "Ana" };
  const admin = value(await call(api.auth.setup, { body: { ...person, token } }, { base: url }));
  const as = { base: url, token: admin.token };
  const { sender } = value(await call(api.senders.create, { body: { name: "OBS" } }, as));
  const params = { id: sender.sender_id };
  const address = value(await call(api.senders.makePublishKey, { params }, as));
  return {
    sender,
    address,
    /** The stream that runs now. */
    async stream() {
      return value(await call(api.senders.get, { params }, as)).stream;
    },
    /** The room of the running stream, once it is in this state. */
    async room(wanted: "starting" | "live" = "live"): Promise<string> {
      let room: string | undefined;
      const look = async () => {
        const { items } = value(await call(api.streams.list, { query: {} }, as));
        room = items.find(({ state }) => state === wanted)?.room_id;
      };
      for (let n = 0; n < 100 && room === undefined; n++) {
        await look();
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      if (room === undefined) throw new Error("The stream never became live");
      return room;
    },
    /** The newest ended streams. */
    async ended() {
      return value(await call(api.streams.list, { query: { state: "ended" } }, as)).items;
    },
  };
}

function value<T>(result: CallResult<T>): T {
  if (!result.ok) throw new Error(`${result.status}: ${result.error.message}`);
  return result.value;
}
