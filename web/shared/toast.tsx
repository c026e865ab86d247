/**
 * Short results at the foot of the page. At most three at a time; a fourth removes the oldest.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext, useEffect, useMemo } from "preact/hooks";
import type { Clock } from "../../protocol/clock.ts";
import { Icon } from "./icon.tsx";

const MOST = 3;
/** How long a toast stays, in milliseconds. */
const STAY = 5_000;

interface Toast {
  readonly key: number;
  readonly tone: "done" | "refused";
  readonly text: string;
}

/** Shows short results. Each stays for 5 s. */
export interface Toaster {
  readonly toasts: ReadonlySignal<readonly Toast[]>;
  done(text: string): void;
  refused(text: string): void;
}

/** Creates a toaster without toasts; `clock` times how long they stay. */
export function createToaster(clock: Clock): Toaster {
  const toasts = signal<readonly Toast[]>([]);
  let key = 0;
  function show(tone: Toast["tone"], text: string) {
    const toast = { key: ++key, tone, text };
    toasts.value = [...toasts.value, toast].slice(-MOST);
    clock.after(STAY, () => void (toasts.value = toasts.value.filter((each) => each !== toast)));
  }
  return {
    toasts,
    done: (text) => show("done", text),
    refused: (text) => show("refused", text),
  };
}

/** The toaster of the page that a dialog opens on. */
export const ToasterOfPage = createContext<Toaster | undefined>(undefined);

/** The open dialogs, the topmost last. What lies below that one is dimmed, and screen readers pass over it. */
const dialogs = signal<readonly object[]>([]);

/** The toasts on the page; screen readers read a new one out. While a dialog is open, they are in it. */
export function Toasts({ toaster }: { toaster: Toaster }) {
  return dialogs.value.length > 0 ? null : <Shown toaster={toaster} />;
}

/** The toasts in the dialog that renders this, as long as it is the topmost. */
export function DialogToasts() {
  const toaster = useContext(ToasterOfPage);
  const dialog = useMemo(() => ({}), []);
  useEffect(() => {
    dialogs.value = [...dialogs.value, dialog];
    return () => void (dialogs.value = dialogs.value.filter((each) => each !== dialog));
  }, [dialog]);
  return toaster && dialogs.value.at(-1) === dialog ? <Shown toaster={toaster} /> : null;
}

function Shown({ toaster }: { toaster: Toaster }) {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toaster.toasts.value.map(({ key, tone, text }) => (
        <div class="toast" data-tone={tone} key={key}>
          <Icon name={tone === "done" ? "check" : "warning"} />
          <span>{text}</span>
        </div>
      ))}
    </div>
  );
}
