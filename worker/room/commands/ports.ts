/**
 * The interface of what carries out the verbs of a room.
 *
 * @module
 */
import type { RefusalPayload } from "../../../protocol/envelope.ts";
import type { SessionId } from "../../../protocol/ids.ts";
import type { AnswerOf, BodyOf, Verb } from "../../../protocol/room_commands/verbs.ts";

type Outcome<V extends Verb> = AnswerOf<V> | RefusalPayload;

/** What carries out each verb for a session that may do it. */
export type VerbHandlers = {
  readonly [V in Verb]: (
    session: SessionId,
    body: BodyOf<V>,
  ) => Outcome<V> | Promise<Outcome<V>>;
};
