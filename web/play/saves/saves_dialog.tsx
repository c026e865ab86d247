/**
 * The dialog of the saves of a game: save under a name, load, rename, remove.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { isRefusal, type RefusalPayload } from "../../../protocol/envelope.ts";
import { MAX_SAVE_NAME, type SaveEntry, SaveName } from "../../../protocol/saves/save.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { Icon } from "../../shared/icon.tsx";
import type { MediaConnection } from "../media/media_connection.ts";
import { useServices } from "../services.ts";
import { refusalSentence, refusalToast } from "../words/refusals.ts";
import { pictureKey, SaveList } from "./save_list.ts";
import { MAX_ASSET } from "../../../protocol/room_assets/asset.ts";
import { canTransfer, downloadSave, uploadSave } from "./transfer.ts";
import { saveFacts, saveTitle } from "./words.ts";

/** How often ages are written anew, in milliseconds. */
const AGE_PERIOD = 1_000;

interface SavesDialogProps {
  /** Whether the person has a seat: others look, rename and remove. */
  readonly seated: boolean;
  readonly close: () => void;
}

/** The saves of the running game that this person may load. */
export function SavesDialog({ seated, close }: SavesDialogProps) {
  const { clock, commands, game, toaster } = useServices();
  const list = useMemo(() => {
    return new SaveList(clock, () => {
      const room = game.media.peek()?.room;
      return room?.joined.peek() && room;
    });
  }, []);
  const now = useSignal<number>(clock.epoch());
  useEffect(() => {
    let next: Disposable;
    const again = () => {
      now.value = clock.epoch();
      next = clock.after(AGE_PERIOD, again);
    };
    again();
    return () => {
      next[Symbol.dispose]();
      list[Symbol.dispose]();
    };
  }, []);
  const entries = list.entries.value;
  const problem = list.problem.value;
  const show = (answer: object) => {
    if (isRefusal(answer)) toaster.refused(refusalToast((answer as RefusalPayload).error));
  };

  const media = game.media.value;
  const transfer = (media: MediaConnection) => ({ clock, media, toaster });

  return (
    <Dialog title="Saves" close={close}>
      <NewSave
        disabled={!seated}
        save={async (name) => {
          await commands.save(name);
          await list.read();
        }}
      />
      {problem && <p role="alert">{refusalSentence(problem)}</p>}
      {!entries && !problem && <p class="soft" role="status">Reading the saves…</p>}
      {entries?.length === 0 && <p class="soft">This game has no saves yet.</p>}
      <ul class="dialog-list">
        {entries?.map((entry) => (
          <Save
            key={entry.id}
            entry={entry}
            now={now.value}
            picture={list.pictures.value.get(pictureKey(entry))}
            load={seated
              ? () => {
                close();
                void commands.load(entry.id);
              }
              : undefined}
            download={media && canTransfer() && entry.bytes <= MAX_ASSET
              ? () => void downloadSave(entry, game.room.value?.title ?? "", transfer(media))
              : undefined}
            rename={async (name) => show(await list.rename(entry.id, name))}
            remove={async () => show(await list.remove(entry.id))}
          />
        ))}
      </ul>
      {media && seated && canTransfer() && (
        <Upload
          upload={async (file) => {
            await uploadSave(file, transfer(media));
            await list.read();
          }}
        />
      )}
      <p class="fine soft">
        Saves with a name stay until you remove them; without an account old ones may make place for
        new ones. Of those without a name the newest five are kept.
      </p>
    </Dialog>
  );
}

/** The form of a new save. */
function NewSave(
  { disabled, save }: {
    readonly disabled: boolean;
    readonly save: (name: string | undefined) => Promise<void>;
  },
) {
  const name = useSignal("");
  const busy = useSignal(false);
  const parsed = SaveName.safeParse(name.value);
  const isWrong = name.value.trim() !== "" && !parsed.success;
  return (
    <form
      class="save-new"
      onSubmit={(event) => {
        event.preventDefault();
        if (isWrong || busy.value || disabled) return;
        busy.value = true;
        void save(parsed.data).finally(() => {
          busy.value = false;
          name.value = "";
        });
      }}
    >
      <label class="field">
        <span class="unseen">Name of the new save</span>
        <input
          value={name.value}
          maxLength={MAX_SAVE_NAME}
          placeholder="Name, if you like"
          autoComplete="off"
          disabled={disabled}
          onInput={({ currentTarget }) => (name.value = currentTarget.value)}
        />
      </label>
      <button type="submit" class="button primary" disabled={disabled || busy.value || isWrong}>
        <Icon name="save" />
        Save now
      </button>
      {disabled && <p class="fine soft">Take a seat to save or load.</p>}
    </form>
  );
}

/** Chooses a file of this device and sends it. */
function Upload({ upload }: { readonly upload: (file: File) => Promise<void> }) {
  const busy = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  return (
    <div>
      <button
        type="button"
        class="button"
        disabled={busy.value}
        onClick={() => input.current?.click()}
      >
        <Icon name="load" />
        {busy.value ? "Sending the save…" : "Upload a save"}
      </button>
      <input
        ref={input}
        type="file"
        accept=".fpsave"
        hidden
        aria-label="File of a save"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (!file) return;
          busy.value = true;
          void upload(file).finally(() => {
            busy.value = false;
            // So that the same file can be chosen again.
            currentTarget.value = "";
          });
        }}
      />
    </div>
  );
}

interface SaveProps {
  readonly entry: SaveEntry;
  readonly now: number;
  readonly picture: string | undefined;
  readonly load: (() => void) | undefined;
  readonly download: (() => void) | undefined;
  readonly rename: (name: string) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** One save with what can be done with it. */
function Save({ entry, now, picture, load, download, rename, remove }: SaveProps) {
  const doing = useSignal<"renaming" | "removing" | undefined>(undefined);
  const title = saveTitle(entry);
  const done = () => void (doing.value = undefined);
  const about = <span class="unseen">: {title}, {saveFacts(entry, now)}</span>;
  return (
    <li>
      {picture
        ? <img class="save-picture" src={picture} alt="" />
        : (
          <span class="save-picture" aria-hidden="true">
            <Icon name="film" />
          </span>
        )}
      <span class="two-lines">
        <b>{title}</b>
        <span class="soft fine">{saveFacts(entry, now)}</span>
      </span>
      {doing.value === undefined && (
        <span class="row-actions">
          {load && (
            <button type="button" class="button" onClick={load}>
              Load{about}
            </button>
          )}
          {download && (
            <button type="button" class="button plain square" onClick={download}>
              <Icon name="save" />
              <span class="unseen">Download</span>
              {about}
            </button>
          )}
          {entry.own && entry.kind !== "auto" && entry.core && (
            <button
              type="button"
              class="button plain square"
              onClick={() => void (doing.value = "renaming")}
            >
              <Icon name="edit" />
              <span class="unseen">Rename</span>
              {about}
            </button>
          )}
          {entry.own && (
            <button
              type="button"
              class="button plain square"
              onClick={() => void (doing.value = "removing")}
            >
              <Icon name="bin" />
              <span class="unseen">Remove</span>
              {about}
            </button>
          )}
        </span>
      )}
      {doing.value === "renaming" && (
        <Rename
          name={entry.name ?? ""}
          rename={(name) => rename(name).finally(done)}
          cancel={done}
        />
      )}
      {doing.value === "removing" && (
        <span class="row-actions">
          <button
            type="button"
            class="button danger"
            autofocus
            onClick={() => void remove().finally(done)}
          >
            Remove for ever
          </button>
          <button type="button" class="button" onClick={done}>Keep</button>
        </span>
      )}
    </li>
  );
}

function Rename(
  { name, rename, cancel }: {
    readonly name: string;
    readonly rename: (name: string) => Promise<void>;
    readonly cancel: () => void;
  },
) {
  const text = useSignal(name);
  const parsed = SaveName.safeParse(text.value);
  return (
    <form
      class="save-new"
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.success) void rename(parsed.data);
      }}
    >
      <label class="field">
        <span class="unseen">Name of the save</span>
        <input
          value={text.value}
          maxLength={MAX_SAVE_NAME}
          autoComplete="off"
          autofocus
          onInput={({ currentTarget }) => (text.value = currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" disabled={!parsed.success}>Rename</button>
      <button type="button" class="button" onClick={cancel}>Cancel</button>
    </form>
  );
}
