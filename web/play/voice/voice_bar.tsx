/**
 * The voices at the edge of the picture: who talks, each with a meter and a switch, and the button that is held to talk.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import { Icon } from "../../shared/icon.tsx";
import type { PersonView } from "../../../protocol/room_state/components.ts";
import { hotkeyOf, keysOf } from "../controls/keys.ts";
import { keyName } from "../input/keyboard.ts";
import { useServices } from "../services.ts";
import type { TalkState } from "./talk.ts";
import { hasOthers, nameOf } from "../room/people.ts";
import { useTalkKey } from "./use_talk_key.ts";

/** Who talks, and the button to talk. Nothing before the room is known, or while nobody else is in it. */
export function VoiceBar() {
  const { controls, game, voices } = useServices();
  useTalkKey(voices, {
    isTalkKey: (code) => hotkeyOf(controls.all.peek().keys, code) === "talk",
    hasListeners: () => hasOthers(game.joined.peek()),
  });
  const joined = game.joined.value;
  if (!joined || !hasOthers(joined)) return null;
  const { room: { people }, you } = joined;
  const others = people.filter(({ id, voice }) => voice && id !== you);
  const shown = others.filter(({ id, voice }) => voice!.talking || voices.muted.value.has(id));
  const allMuted = voices.allMuted.value;
  return (
    <section class="voices" aria-label="Voices" data-talk={voices.talk.value.state}>
      {others.length > 1 && (shown.length > 0 || allMuted) && (
        <button
          type="button"
          class="voice"
          aria-pressed={allMuted}
          onClick={() => (voices.allMuted.value = !allMuted)}
        >
          <Icon name={allMuted ? "mute" : "sound"} />
          <span class="voice-name">{allMuted ? "Everybody is muted" : "Mute everybody"}</span>
        </button>
      )}
      {shown.map((person) => (
        <OneVoice
          person={person}
          name={nameOf(person.name, person.id)}
          key={person.id}
        />
      ))}
      <TalkButton />
    </section>
  );
}

/** One person who talks; a press mutes. */
function OneVoice({ person, name }: { person: PersonView; name: string }) {
  const { voices } = useServices();
  const isMuted = voices.allMuted.value || voices.muted.value.has(person.id);
  return (
    <button
      type="button"
      class="voice"
      data-talking={person.voice?.talking ?? false}
      disabled={voices.allMuted.value}
      aria-pressed={isMuted}
      aria-label={isMuted ? `${name} is muted` : `Mute ${name}`}
      title={isMuted ? `${name} is muted` : `Mute ${name}`}
      onClick={() => voices.mute(person.id, { muted: !isMuted })}
    >
      <Icon name={isMuted ? "mute" : "sound"} />
      <bdi class="voice-name">{name}</bdi>
      {!isMuted && <Meter level={voices.levelOf(person.id)} />}
    </button>
  );
}

/** The button: held with a pointer, or with Space or Enter where it has the focus. */
function TalkButton() {
  const { controls, voices } = useServices();
  const talk = voices.talk.value;
  const keys = keysOf(controls.all.value.keys, "talk").map(keyName).join(", ");
  const isHoldKey = (code: string) => code === "Space" || code === "Enter";
  return (
    <button
      type="button"
      class="voice talk-button"
      aria-pressed={talk.state === "talking"}
      title={keys === "" ? "Hold to talk" : `Hold to talk (${keys})`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        voices.press();
      }}
      onPointerUp={() => voices.release()}
      onPointerCancel={() => voices.release()}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isHoldKey(event.code)) return;
        event.preventDefault();
        if (!event.repeat) voices.press();
      }}
      onKeyUp={(event) => {
        if (isHoldKey(event.code)) voices.release();
      }}
      onBlur={() => voices.release()}
    >
      <Icon name="microphone" />
      <span class="voice-name">{talkWords(talk)}</span>
      {talk.state === "talking" && <Meter level={voices.ownLevel} />}
    </button>
  );
}

function talkWords({ state }: TalkState): string {
  switch (state) {
    case "off":
    case "open":
      return "Hold to talk";
    case "opening":
      return "Opening the microphone";
    case "talking":
      return "You talk";
  }
}

function Meter({ level }: { level: ReadonlySignal<number> }) {
  return (
    <span class="voice-meter" aria-hidden="true">
      <span style={{ "--level": level.value.toFixed(2) }} data-level={level.value.toFixed(2)} />
    </span>
  );
}
