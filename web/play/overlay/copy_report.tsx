/**
 * The button that copies the latency report. Where the browser gives no access to the clipboard, the report is shown,
 * selected.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { VERSION } from "../../../protocol/version.ts";
import { Icon } from "../../shared/icon.tsx";
import { latencyReport } from "../media/latency/report.ts";
import { type Services, useServices } from "../services.ts";

/** Milliseconds for which the button shows that it copied. */
const SAID = 2_000;

/** *Copy report*. */
export function CopyReport() {
  const services = useServices();
  const copied = useSignal(false);
  const shown = useSignal<string | undefined>(undefined);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.select(), [shown.value]);
  const copy = async () => {
    const report = reportOf(services);
    try {
      await navigator.clipboard.writeText(report);
      copied.value = true;
      services.clock.after(SAID, () => void (copied.value = false));
    } catch {
      shown.value = report;
    }
  };
  return (
    <div class="copy-report">
      <button type="button" class="button" onClick={() => void copy()}>
        <Icon name={copied.value ? "check" : "copy"} />
        <span aria-live="polite">{copied.value ? "Copied" : "Copy report"}</span>
      </button>
      {shown.value !== undefined && (
        <label class="small">
          This browser does not let pages copy text. The report is selected: copy it by hand.
          <textarea ref={field} class="field" rows={8} readOnly value={shown.value} />
        </label>
      )}
    </div>
  );
}

function reportOf({ clock, game, connection }: Services): string {
  const worker = connection.ready.value?.worker;
  return latencyReport(game.figures.history.value, game.figures.readings.value, {
    at: clock.epoch(),
    version: VERSION,
    browser: navigator.userAgent,
    network: networkText(),
    overTcp: game.canvas.value !== undefined,
    worker: worker && { name: worker.name, zone: worker.zone },
    app: game.room.value?.title,
  });
}

/** What the Network Information API says, where a browser has it: the kind of network, and whether the page is online. */
function networkText(): string | undefined {
  const { connection } = navigator as Navigator & {
    connection?: { readonly type?: string; readonly effectiveType?: string };
  };
  const kind = connection?.type ?? connection?.effectiveType;
  return kind && `${kind}${navigator.onLine ? "" : ", offline"}`;
}
