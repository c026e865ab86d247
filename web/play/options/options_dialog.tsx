/**
 * The dialog of the options of a game's core: each with its value, which a host changes for everybody.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect, useId, useMemo } from "preact/hooks";
import type { CoreOption } from "../../../protocol/room_commands/core_options.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { Icon } from "../../shared/icon.tsx";
import { askRoom } from "../join/commands.ts";
import { mayIn } from "../room/may.ts";
import { useServices } from "../services.ts";
import { refusalSentence } from "../words/refusals.ts";
import { groupsOf, hasWords, labelOf, type OptionGroup } from "./groups.ts";
import { OptionList } from "./option_list.ts";
import { introduction, laterWords } from "./words.ts";

/** With more options than this there is a field to find one. */
const MANY = 8;

interface OptionsDialogProps {
  /** Opens the question before a start over; absent for who has no seat. */
  readonly startOver: (() => void) | undefined;
  readonly close: () => void;
}

/** The options of the running game's core. */
export function OptionsDialog({ startOver, close }: OptionsDialogProps) {
  const { clock, game } = useServices();
  const list = useMemo(
    () => new OptionList(clock, (verb, body) => askRoom(game.media, verb, body)),
    [],
  );
  useEffect(() => () => list[Symbol.dispose](), []);
  const wanted = useSignal("");
  const joined = game.joined.value;
  const isHost = joined !== undefined && mayIn(joined, { live: false })("option.set");
  const all = list.entries.value;
  const shown = all?.filter((option) => hasWords(option, wanted.value.trim()));
  const problem = list.problem.value;
  const waits = all?.some(({ later }) => later === "restart") ?? false;
  return (
    <Dialog title="Options" close={close}>
      <p class="soft">{introduction(isHost)}</p>
      {problem && <p role="alert">{refusalSentence(problem)}</p>}
      {!all && !problem && <p class="soft" role="status">Reading the options…</p>}
      {all?.length === 0 && <p class="soft">This game has no options.</p>}
      {all && all.length > MANY && (
        <label class="field">
          <Icon name="search" />
          <span class="unseen">Find an option</span>
          <input
            type="search"
            placeholder="Find an option"
            value={wanted.value}
            onInput={({ currentTarget }) => (wanted.value = currentTarget.value)}
          />
        </label>
      )}
      {all && all.length > 0 && shown?.length === 0 && (
        <p class="soft" role="status">No option has these words.</p>
      )}
      {groupsOf(shown ?? []).map((group) => (
        <Group
          key={group.category ?? ""}
          group={group}
          choose={isHost ? (key, value) => list.choose(key, value) : undefined}
        />
      ))}
      {waits && startOver && (
        <div class="dialog-actions">
          <button type="button" class="button" onClick={startOver}>
            <Icon name="reset" />
            Start over…
          </button>
        </div>
      )}
    </Dialog>
  );
}

interface GroupProps {
  readonly group: OptionGroup;
  readonly choose: ((key: string, value: string) => void) | undefined;
}

/** The options of one category below its heading. */
function Group({ group: { category, options }, choose }: GroupProps) {
  return (
    <>
      {category !== undefined && <h3 class="option-group">{category}</h3>}
      <ul class="dialog-list option-list" aria-label={category ?? "Options"}>
        {options.map((option) => (
          <Row
            key={option.key}
            option={option}
            choose={choose && ((value) => choose(option.key, value))}
          />
        ))}
      </ul>
    </>
  );
}

interface RowProps {
  readonly option: CoreOption;
  readonly choose: ((value: string) => void) | undefined;
}

/** One option; without `choose` it is only shown. */
function Row({ option, choose }: RowProps) {
  const id = useId();
  const { name, value, choices, help, later } = option;
  const described = [later && `${id}-later`, help && `${id}-help`].filter(Boolean).join(" ");
  return (
    <li>
      {choose
        ? (
          <>
            <label for={id}>{name}</label>
            <select
              id={id}
              value={value}
              aria-describedby={described || undefined}
              onChange={({ currentTarget }) => choose(currentTarget.value)}
            >
              {choices.map((choice) => (
                <option key={choice} value={choice}>{labelOf(option, choice)}</option>
              ))}
            </select>
          </>
        )
        : (
          <>
            <span>{name}</span>
            <b>{labelOf(option, value)}</b>
          </>
        )}
      {later && <p id={`${id}-later`} class="fine">{laterWords(later)}</p>}
      {help && <p id={`${id}-help`} class="fine soft">{help}</p>}
    </li>
  );
}
