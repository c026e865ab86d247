/**
 * The frame of a page: its title, its actions, and the texts for a page without content.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Refusal } from "../../../protocol/envelope.ts";
import type { Topic } from "../../../protocol/legs/operator_leg.ts";
import { Icon, type IconName } from "../../shared/icon.tsx";
import { useTitle } from "../../shared/use_title.ts";
import { formatSeconds } from "../../shared/format.ts";
import { useNow, useServices } from "../services.ts";

interface PageProps {
  readonly title: string;
  /** The number beside the title. */
  readonly count?: string | undefined;
  /** The state of the page's item. */
  readonly state?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The frame of a page: title, actions and content. */
export function Page({ title, count, state, actions, children }: PageProps) {
  useTitle(`${title} · Farpad operator`);
  return (
    <>
      <div class="page-head">
        <div class="page-title">
          <h1>{title}</h1>
          {count !== undefined && <span class="page-count figures">{count}</span>}
          {state}
        </div>
        {actions && <div class="page-actions">{actions}</div>}
      </div>
      {children}
    </>
  );
}

interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** The text of an empty list, with the next step. */
export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** A call was refused or not answered. */
export function Failure(
  { what, error, retry }: { what: string; error: Refusal; retry?: () => void },
) {
  return (
    <div class="empty" role="alert">
      <Icon name="warning" />
      <h2>{what}</h2>
      <p class="soft">{error.message}</p>
      {retry && <button type="button" class="button" onClick={retry}>Try again</button>}
    </div>
  );
}

/** From this duration on the page shows the wait in seconds, in milliseconds. */
const LONG_WAIT = 2_000;

/** Placeholders of the rows. */
export function Loading({ what, rows = 6 }: { what: string; rows?: number }) {
  const { clock } = useServices();
  const since = useSignal(clock.now());
  useNow();
  const waited = clock.now() - since.value;
  return (
    <div class="loading" role="status">
      <span class={waited < LONG_WAIT ? "unseen" : "small soft"}>
        Loading {what}…{" "}
        <span aria-hidden="true">{waited >= LONG_WAIT && formatSeconds(waited)}</span>
      </span>
      {Array.from({ length: rows }, (_, row) => <div class="loading-row" key={row} />)}
    </div>
  );
}

/** Whether a topic's snapshot has arrived. */
export function useLoaded(topic: Topic | undefined): boolean {
  const { fleet } = useServices();
  return topic !== undefined && fleet.on.loaded.value.has(topic);
}

/** Scrolls to the part of the page that the address names, once it is drawn. */
export function useAnchor(ready: unknown): void {
  useEffect(() => {
    const id = location.hash.slice(1);
    if (id) document.getElementById(id)?.scrollIntoView();
  }, [Boolean(ready)]);
}
