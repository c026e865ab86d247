/**
 * The alert rules: the value of each, the limit that raises the alert, the duration, and the limit that clears it.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { AlertRule, AlertRules, AlertSettings } from "../../../protocol/rest/settings.ts";
import { ruleWord } from "../model/words.ts";
import { useAsk, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";
import type { Fetching } from "../widgets/fetched.ts";
import { ReadAge } from "../widgets/figure.tsx";
import { Check, Form, NumberField } from "../widgets/form.tsx";

interface PanelProps {
  readonly fetching: Fetching<AlertSettings>;
  /** What was fetched. */
  readonly settings: AlertSettings;
}

const PRESENCE: readonly {
  readonly rule: "offline" | "no_picture";
  readonly detail: string;
}[] = [
  { rule: "offline", detail: "An enrolled sender is not connected." },
  { rule: "no_picture", detail: "A live stream brings no picture." },
];

const LEVELS: readonly {
  readonly rule: "loss" | "low_signal" | "cpu";
  readonly detail: string;
  readonly unit: string;
  /** One unit of the field, in units of the rule. */
  readonly scale: number;
  readonly word: "above" | "below";
}[] = [
  { rule: "loss", detail: "A live stream loses packets.", unit: "%", scale: 0.01, word: "above" },
  {
    rule: "low_signal",
    detail: "A connected radio is weak.",
    unit: "dBm",
    scale: 1,
    word: "below",
  },
  { rule: "cpu", detail: "A device is overloaded.", unit: "%", scale: 1, word: "above" },
];

/** The panel of the alert rules with their thresholds. */
export function RulesPanel({ settings, fetching }: PanelProps) {
  const { api } = useServices();
  const ask = useAsk("alert-rules");
  /** What was changed here and is not saved; the rules in force are shown without it. */
  const draft = useSignal<AlertRules | undefined>(undefined);
  const rules = draft.value ?? settings.rules;
  const saved = JSON.stringify(rules) === JSON.stringify(settings.rules);
  const change = <R extends AlertRule>(rule: R, next: Partial<AlertRules[R]>) => {
    draft.value = { ...rules, [rule]: { ...rules[rule], ...next } };
  };
  const save = async () => {
    const body = { rules };
    const answer = await ask.run(() => api.call(contracts.alerts.change, { body }));
    if (!answer) return;
    fetching.replace(answer);
    draft.value = undefined;
  };
  return (
    <section class="panel" id="alerts" aria-labelledby="alert-rules">
      <div class="panel-head">
        <h2 id="alert-rules">Alerts</h2>
        <ReadAge of={fetching.state} />
      </div>
      <Form class="panel-body" submit={save}>
        <div class="rules">
          {PRESENCE.map(({ rule, detail }) => (
            <div class="rule" key={rule}>
              <Check
                label={ruleWord(rule)}
                detail={detail}
                checked={rules[rule].enabled}
                change={(enabled) => change(rule, { enabled })}
              />
              <div class="rule-limits">
                <For
                  value={rules[rule].for_s}
                  off={!rules[rule].enabled}
                  change={(for_s) => change(rule, { for_s })}
                />
              </div>
            </div>
          ))}
          {LEVELS.map(({ rule, detail, unit, scale, word }) => (
            <div class="rule" key={rule}>
              <Check
                label={ruleWord(rule)}
                detail={detail}
                checked={rules[rule].enabled}
                change={(enabled) => change(rule, { enabled })}
              />
              <div class="rule-limits">
                <NumberField
                  label={`Raised ${word}`}
                  unit={unit}
                  step="any"
                  required
                  disabled={!rules[rule].enabled}
                  value={shown(rules[rule].raise, scale)}
                  change={(value) => value !== undefined && change(rule, { raise: value * scale })}
                />
                <NumberField
                  label={`Cleared ${word === "above" ? "below" : "above"}`}
                  unit={unit}
                  step="any"
                  required
                  disabled={!rules[rule].enabled}
                  value={shown(rules[rule].clear, scale)}
                  change={(value) => value !== undefined && change(rule, { clear: value * scale })}
                />
                <For
                  value={rules[rule].for_s}
                  off={!rules[rule].enabled}
                  change={(for_s) => change(rule, { for_s })}
                />
              </div>
            </div>
          ))}
        </div>
        <p class="soft small">
          A lost worker and a disk that takes no writes always raise an alert. Administrators see
          it.
        </p>
        <Refused ask={ask} />
        <div class="form-foot">
          <AskButton
            ask={ask}
            doing="Saving"
            tone="primary"
            submit
            blocked={saved ? "Nothing differs from what is in force." : undefined}
          >
            Save rules
          </AskButton>
          <span class="soft small">{saved ? "These rules are in force." : "Not saved yet."}</span>
        </div>
      </Form>
    </section>
  );
}

function For(
  { value, off, change }: {
    value: number;
    off: boolean;
    change: (seconds: number) => void;
  },
) {
  return (
    <NumberField
      label="For at least"
      unit="s"
      min={0}
      max={3600}
      required
      disabled={off}
      value={value}
      change={(seconds) => seconds !== undefined && change(seconds)}
    />
  );
}

/** Rounded, because binary fractions are not exact. */
function shown(value: number, scale: number): number {
  return Math.round(value / scale * 1000) / 1000;
}
