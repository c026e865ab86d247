/**
 * The rarer actions on a sender: rename, a new token, programs in place of a device, an update, the log, decommission.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { Sender } from "../../../protocol/rest/senders.ts";
import { Icon } from "../../shared/icon.tsx";
import { Menu, MenuItem } from "../../shared/menu.tsx";
import { useReadOnly } from "../services.ts";
import { LogDialog } from "../device/log_dialog.tsx";
import { StreamerDialog } from "../device/streamer_dialog.tsx";
import { DecommissionDialog } from "./decommission.tsx";
import { EnrolDialog } from "./enrol.tsx";
import { PublishDialog } from "./publish.tsx";
import { RenameDialog } from "./rename.tsx";
import { UpdateDialog } from "./update.tsx";

type OpenDialog =
  | "menu"
  | "rename"
  | "enrol"
  | "publish"
  | "streamer"
  | "update"
  | "log"
  | "decommission";

/** The menu of a sender's rarer actions. */
export function SenderMenu({ sender }: { sender: Sender }) {
  const open = useSignal<OpenDialog | undefined>(undefined);
  const readOnly = useReadOnly() !== undefined;
  const close = () => void (open.value = undefined);
  const choose = (next: OpenDialog) => () => void (open.value = next);
  return (
    <div class="anchor">
      <button
        type="button"
        class="button square"
        aria-label={`More for ${sender.name}`}
        aria-haspopup="menu"
        aria-expanded={open.value === "menu"}
        onClick={() => void (open.value = open.value === "menu" ? undefined : "menu")}
      >
        <Icon name="more" />
      </button>
      {open.value === "menu" && (
        <Menu label={`More for ${sender.name}`} class="at-end" close={close}>
          <MenuItem icon="edit" disabled={readOnly} choose={choose("rename")}>Rename</MenuItem>
          <MenuItem icon="key" disabled={readOnly} choose={choose("enrol")}>
            New enrolment token
          </MenuItem>
          <MenuItem icon="antenna" disabled={readOnly} choose={choose("publish")}>
            Publish by WHIP
          </MenuItem>
          <MenuItem icon="wheel" disabled={readOnly} choose={choose("streamer")}>
            Drive by v3xctrl
          </MenuItem>
          <MenuItem
            icon="save"
            disabled={readOnly || !sender.online}
            choose={choose("update")}
          >
            Update the agent
          </MenuItem>
          <MenuItem icon="list" disabled={readOnly || !sender.online} choose={choose("log")}>
            Log of the device
          </MenuItem>
          <hr />
          <MenuItem icon="bin" disabled={readOnly} choose={choose("decommission")}>
            Decommission
          </MenuItem>
        </Menu>
      )}
      {open.value === "rename" && <RenameDialog sender={sender} close={close} />}
      {open.value === "enrol" && <EnrolDialog sender={sender} close={close} />}
      {open.value === "publish" && <PublishDialog sender={sender} close={close} />}
      {open.value === "streamer" && <StreamerDialog sender={sender} close={close} />}
      {open.value === "update" && <UpdateDialog sender={sender} close={close} />}
      {open.value === "log" && <LogDialog sender={sender} close={close} />}
      {open.value === "decommission" && <DecommissionDialog sender={sender} close={close} />}
    </div>
  );
}
