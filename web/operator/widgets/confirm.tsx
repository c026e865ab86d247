/**
 * Asks for confirmation before a loss: it names the item, and everything else that is lost with it.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { Dialog } from "../../shared/dialog.tsx";
import type { Ask } from "../model/ask.ts";
import { AskButton, Refused } from "./ask_button.tsx";

interface ConfirmProps {
  readonly title: string;
  /** The button: a verb and the item. */
  readonly action: string;
  readonly doing: string;
  readonly ask: Ask;
  readonly confirm: () => void;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

/** The dialog that asks for confirmation before a destructive action. */
export function Confirm({ title, action, doing, ask, confirm, close, children }: ConfirmProps) {
  return (
    <Dialog title={title} close={close}>
      <div class="stack">{children}</div>
      <Refused ask={ask} />
      <div class="dialog-foot">
        <button type="button" class="button" onClick={close}>Cancel</button>
        <AskButton ask={ask} doing={doing} tone="danger" press={confirm}>{action}</AskButton>
      </div>
    </Dialog>
  );
}
