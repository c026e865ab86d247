/**
 * The sheet of a room beside the picture: its people and its chat. It takes no key from the game, except those typed in
 * its fields; Escape returns to the game.
 *
 * @module
 */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../../../shared/icon.tsx";
import { focusStage } from "../../screen/stage.tsx";
import { useServices } from "../../services.ts";
import { ChatBox } from "./chat_box.tsx";
import { PeopleTab } from "./people_tab.tsx";
import type { RoomTab } from "../room_model.ts";

const TABS: readonly { readonly tab: RoomTab; readonly name: string }[] = [
  { tab: "people", name: "People" },
  { tab: "chat", name: "Chat" },
];

/** People and chat of the room. `vehicle`: the room has a vehicle in place of a game. */
export function RoomSheet(
  { vehicle, live, close }: {
    readonly vehicle: boolean;
    readonly live: boolean;
    readonly close: () => void;
  },
) {
  const { game, room } = useServices();
  const joined = game.joined.value;
  const shown = room.tab.value;
  const body = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (room.unread.peek().length > 0) room.show("chat");
    room.setOpen(true);
    // A gamepad that opened it goes on in it.
    const isByPad = document.documentElement.dataset.padFocus !== undefined;
    if (isByPad) head.current?.querySelector("button")?.focus();
    return () => room.setOpen(false);
  }, []);
  // A finger that opens the chat wants to read first: the keyboard of a phone would cover half of it.
  useLayoutEffect(() => {
    if (matchMedia("(pointer: fine)").matches) body.current?.querySelector("input")?.focus();
  }, [shown === "chat"]);
  return (
    <aside
      class="room-sheet"
      aria-label="People and chat"
      onClick={(event) => {
        // After a press with a pointer the game has the keys again, unless the press was on a field's form.
        const pressed = event.target instanceof Element ? event.target : undefined;
        if (event.detail > 0 && pressed?.closest("button") && !pressed.closest("form")) {
          focusStage();
        }
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        focusStage();
      }}
    >
      <div class="room-head" ref={head}>
        <div class="room-tabs" role="group" aria-label="What is shown">
          {TABS.map(({ tab, name }) => (
            <button
              type="button"
              class="chip"
              aria-pressed={tab === shown}
              onClick={() => room.show(tab)}
              key={tab}
            >
              {name}
              <span class="figures">{countOf(tab)}</span>
            </button>
          ))}
        </div>
        <button
          type="button"
          class="button plain square"
          aria-label="Close people and chat"
          onClick={() => {
            close();
            focusStage();
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      <div class="room-body" ref={body}>
        {!joined && <p class="soft small">Waiting for the room to answer.</p>}
        {joined && shown === "people" && (
          <PeopleTab
            joined={joined}
            vehicle={vehicle}
            live={live}
          />
        )}
        {joined && shown === "chat" && <ChatBox joined={joined} live={live} />}
      </div>
    </aside>
  );

  function countOf(tab: RoomTab): number | undefined {
    if (tab === "people") return joined?.room.people.length;
    return room.unread.value.length || undefined;
  }
}
