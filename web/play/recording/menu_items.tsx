/**
 * What the menu of a game offers about recordings, and the sign that a room is recorded.
 *
 * @module
 */
import { MenuItem } from "../../shared/menu.tsx";
import { takeScreenshot } from "../assets/screenshot.ts";
import { mayPlay } from "../room/may.ts";
import { useServices } from "../services.ts";

/** Screenshot, record, clip, and the recordings of this person. */
export function RecordingItems({ then, openShelf }: {
  readonly then: (act: () => unknown) => () => void;
  readonly openShelf: () => void;
}) {
  const { clock, game, commands, toaster } = useServices();
  const room = game.room.value;
  const media = game.media.value;
  const isRecorded = room?.recorded_since !== undefined;
  return (
    <>
      <MenuItem
        icon="camera"
        disabled={!room || !media}
        choose={then(() =>
          media && takeScreenshot({ clock, media, toaster, title: room?.title ?? "" })
        )}
      >
        Screenshot
      </MenuItem>
      {mayPlay(game.joined.value) && (
        <>
          <MenuItem
            icon={isRecorded ? "stop" : "record"}
            disabled={!room}
            choose={then(() => commands.record({ active: !isRecorded }))}
          >
            {isRecorded ? "Stop recording" : "Record"}
          </MenuItem>
          <MenuItem icon="film" disabled={!room} choose={then(() => commands.clip())}>
            Clip the last 30 s
          </MenuItem>
        </>
      )}
      <MenuItem icon="folder" choose={openShelf}>Recordings</MenuItem>
    </>
  );
}

/** The sign that everybody in a recorded room sees. */
export function RecordedMark() {
  const { game } = useServices();
  if (game.room.value?.recorded_since === undefined) return null;
  return <span class="recorded-mark" role="status">Recorded</span>;
}
