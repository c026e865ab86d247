/**
 * An administrator of an installation, and senders that a program can publish as.
 *
 * @module
 */
import { api } from "../../../protocol/rest/api.ts";
import { call, type CallResult } from "../../../protocol/rest/contract.ts";
import type { Stack } from "../stack/stack.ts";

/** A sender that a program can publish as. */
export type SenderScene = Awaited<ReturnType<typeof openSender>>;

/** Makes the first administrator, a sender, and its key. */
export async function openSender(stack: Pick<Stack, "url" | "coordinator">) {
  return await (await senderScenes(stack))("OBS");
}

/** Makes the first administrator, and returns a function that makes a sender with its key. */
export async function senderScenes({ url, coordinator }: Pick<Stack, "url" | "coordinator">) {
  const token = /\/operator\/setup#token=(\S+)/.exec(coordinator.output())?.[1] ?? "";
  const person = { email: "ana@example.org", password: "a long password", name: "Ana" };
  const admin = value(await call(api.auth.setup, { body: { ...person, token } }, { base: url }));
  const as = { base: url, token: admin.token };
  return async (name: string) => {
    const { sender } = value(await call(api.senders.create, { body: { name } }, as));
    const { sender_id } = sender;
    const params = { id: sender_id };
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
          const { items } = value(await call(api.streams.list, { query: { sender_id } }, as));
          room = items.find(({ state }) => state === wanted)?.room_id;
        };
        for (let n = 0; n < 100 && room === undefined; n++) {
          await look();
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        if (room === undefined) throw new Error("The stream never became live");
        return room;
      },
      /** Its ended streams, newest first. */
      async ended() {
        const query = { state: "ended", sender_id } as const;
        return value(await call(api.streams.list, { query }, as)).items;
      },
    };
  };
}

function value<T>(result: CallResult<T>): T {
  if (!result.ok) throw new Error(`${result.status}: ${result.error.message}`);
  return result.value;
}
