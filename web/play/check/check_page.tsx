/**
 * The page of the connection check: each step with what was found, in words, and what to do.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { Mark } from "../../shared/mark.tsx";
import { useTitle } from "../../shared/use_title.ts";
import { Logo } from "../lobby/logo.tsx";
import { prefersTcp, togglePreferredWay } from "../media/tcp/over_tcp.ts";
import { useServices } from "../services.ts";
import { type Step, STEP_NAMES, STEPS, summary } from "./findings.ts";

/** The connection check. It begins when the page is shown. */
export function CheckPage() {
  const { check } = useServices();
  const running = check.running.value;
  const found = check.found.value;
  const isOver = running === undefined && found[STEPS.at(-1)!] !== undefined;
  const result = isOver ? summary(found) : undefined;
  useTitle("Connection check · Farpad");
  useEffect(() => {
    document.documentElement.dataset.state = "check";
    void check.run();
  }, []);
  return (
    <div class="lobby">
      <header class="lobby-head">
        <a class="wordmark" href="/" aria-label="Farpad, library">
          <Logo /> farpad
        </a>
      </header>
      <main class="lobby-main check" tabIndex={-1}>
        <h1>Connection check</h1>
        <p class="check-result" role="status" data-testid="check-result">
          {result
            ? (
              <>
                <Mark status={result.status} /> {result.text}
              </>
            )
            : "Checking, for half a minute at most."}
        </p>
        {result?.todo && <p class="soft">{result.todo}</p>}
        <ol class="check-steps">
          {STEPS.map((step) => <StepRow step={step} key={step} />)}
        </ol>
        <p class="check-actions">
          <button
            type="button"
            class="button primary"
            disabled={!isOver}
            onClick={() => void check.run()}
          >
            Check again
          </button>{" "}
          <a class="button" href="/">Back to the library</a>
        </p>
        <label class="check-way small">
          <input type="checkbox" checked={prefersTcp.value} onChange={togglePreferredWay} />
          Play over TCP in any case, on this device
        </label>
      </main>
    </div>
  );
}

/** One step: its name, what was found, what to do. */
function StepRow({ step }: { step: Step }) {
  const { check } = useServices();
  const finding = check.found.value[step];
  const isRunning = check.running.value === step;
  return (
    <li data-step={step} data-status={finding?.status ?? (isRunning ? "running" : "waiting")}>
      <span class="check-mark">
        {isRunning ? <span class="spinner" /> : <Mark status={finding?.status ?? "off"} />}
      </span>
      <div>
        <h2>{STEP_NAMES[step]}</h2>
        <p class="small">{finding?.text ?? (isRunning ? "Checking." : "Waiting.")}</p>
        {finding?.todo && <p class="small soft">{finding.todo}</p>}
      </div>
    </li>
  );
}
