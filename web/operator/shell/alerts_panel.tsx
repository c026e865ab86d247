/**
 * Alerts in the top bar: the number of raised ones, and a panel with them and the recently cleared ones.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Alert } from "../../../protocol/rest/settings.ts";
import { Icon } from "../../shared/icon.tsx";
import { Mark } from "../../shared/mark.tsx";
import { alertHref, raisedAlerts } from "../model/attention.ts";
import { formatFull, formatSpan, plural } from "../model/format.ts";
import { ruleTone, ruleWord } from "../model/words.ts";
import { useNow, useServices } from "../services.ts";

/** The most cleared alerts that the panel lists. */
const CLEARED_SHOWN = 8;

/** The button with the number of raised alerts, and the panel it opens. */
export function AlertsPanel() {
  const { fleet } = useServices();
  const open = useSignal(false);
  const raised = raisedAlerts(fleet.on.alerts.value);
  const worst = raised.some(({ rule }) => ruleTone(rule) === "lost") ? "lost" : "attention";
  return (
    <div class="anchor">
      <button
        type="button"
        class="button plain alerts-button"
        data-tone={raised.length > 0 ? worst : undefined}
        aria-expanded={open.value}
        aria-haspopup="dialog"
        onClick={() => void (open.value = !open.value)}
      >
        {raised.length > 0 ? <Mark status={worst} /> : <Icon name="bell" />}
        <span aria-live="polite">
          {raised.length > 0
            ? plural(raised.length, "alert")
            : <span class="wide-only">No alerts</span>}
          {raised.length === 0 && <span class="unseen">No alerts</span>}
        </span>
      </button>
      {open.value && <Panel close={() => void (open.value = false)} />}
    </div>
  );
}

function Panel({ close }: { close: () => void }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    element.current?.focus();
    const outside = (event: PointerEvent) => {
      const target = event.target as Element;
      if (!element.current?.contains(target) && !target.closest(".alerts-button")) close();
    };
    document.addEventListener("pointerdown", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  const alerts = [...useServices().fleet.on.alerts.value.values()];
  const raised = alerts.filter(({ state }) => state === "raised")
    .toSorted((a, b) => b.raised_at - a.raised_at);
  const cleared = alerts.filter(({ state }) => state === "cleared")
    .toSorted((a, b) => (b.cleared_at ?? 0) - (a.cleared_at ?? 0)).slice(0, CLEARED_SHOWN);
  return (
    <div
      ref={element}
      class="menu alerts at-end"
      role="dialog"
      aria-label="Alerts"
      tabIndex={-1}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <h2 class="menu-title">Raised</h2>
      {raised.length === 0 && (
        <p class="alerts-none soft small">Nothing is wrong that a rule watches for.</p>
      )}
      <ul>{raised.map((alert) => <Row key={alert.alert_id} alert={alert} close={close} />)}</ul>
      {cleared.length > 0 && <h2 class="menu-title">Cleared lately</h2>}
      <ul>{cleared.map((alert) => <Row key={alert.alert_id} alert={alert} close={close} />)}</ul>
      <hr />
      <a class="menu-item" href="/operator/settings#alerts" onClick={close}>
        <Icon name="sliders" />
        Rules and webhook
      </a>
    </div>
  );
}

function Row({ alert, close }: { alert: Alert; close: () => void }) {
  const now = useNow();
  const { rule, state, subject, message, raised_at, cleared_at } = alert;
  const tone = ruleTone(rule) === "lost" ? "lost" : "attention";
  return (
    <li>
      <a class="alert-row" href={alertHref(alert)} onClick={close}>
        <Mark status={state === "raised" ? tone : "off"} />
        <span class="alert-text">
          <span class="alert-head">
            <b>{subject}</b> <span class="soft">{ruleWord(rule)}</span>
          </span>
          <span class="small">{message}</span>
        </span>
        <time class="soft fine" title={formatFull(raised_at)}>
          {cleared_at === undefined
            ? formatSpan(now - raised_at)
            : `cleared ${formatSpan(now - cleared_at)} ago`}
        </time>
      </a>
    </li>
  );
}
