/**
 * The chat of a room: its newest lines, and a field to write one.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { MAX_CHAT } from "../../../../protocol/room_state/components.ts";
import { formatClockTime } from "../../../shared/format.ts";
import type { JoinedRoom } from "../../media/room_lane.ts";
import { useServices } from "../../services.ts";
import { mayIn } from "../may.ts";
import { PersonDot } from "./person_dot.tsx";

/** The lines and the field. What was refused stays in the field. */
export function ChatBox({ joined, live }: { readonly joined: JoinedRoom; readonly live: boolean }) {
  const { room, roomActions } = useServices();
  const lines = room.lines.value;
  const log = useRef<HTMLDivElement>(null);
  const text = useSignal("");
  const problem = useSignal<string | undefined>(undefined);
  const problemId = useId();
  const mayWrite = mayIn(joined, { live })("chat.say");
  useLayoutEffect(() => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  }, [lines.at(-1)?.number]);

  async function send(event: Event) {
    event.preventDefault();
    const sent = text.value;
    problem.value = await roomActions.say(sent);
    if (problem.value === undefined && text.value === sent) text.value = "";
  }

  return (
    <div class="chat">
      <div class="chat-lines" ref={log} role="log" aria-label="Chat" tabIndex={0}>
        {lines.map(({ number, name, isYou, colour, text, at }) => (
          <div class="chat-line" key={number} data-you={isYou}>
            <span class="chat-from">
              <PersonDot colour={colour} />
              <bdi class="person-name">{name}</bdi>
              <time class="fine soft figures">{formatClockTime(at)}</time>
            </span>
            <bdi class="chat-text">{text}</bdi>
          </div>
        ))}
      </div>
      {lines.length === 0 && <p class="chat-empty small soft">Nobody has written anything yet.</p>}
      {!mayWrite && <p class="small soft">Only players write in the chat of this room.</p>}
      {mayWrite && (
        <form class="chat-form" onSubmit={(event) => void send(event)}>
          <label class="field">
            <span class="unseen">Write to everybody here</span>
            <input
              value={text.value}
              maxLength={MAX_CHAT}
              placeholder="Write to everybody here"
              autocomplete="off"
              enterkeyhint="send"
              aria-describedby={problem.value && problemId}
              onInput={({ currentTarget }) => (text.value = currentTarget.value)}
            />
          </label>
          <button type="submit" class="button primary" disabled={text.value.trim() === ""}>
            Send
          </button>
        </form>
      )}
      {problem.value && (
        <p class="small room-problem" role="alert" id={problemId}>{problem.value}</p>
      )}
    </div>
  );
}
