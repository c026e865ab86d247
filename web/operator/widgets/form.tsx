/**
 * Forms and their labelled fields: text, number with a unit, choice, switch. The fault of a field is shown below it.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface LabelProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly fault?: string | undefined;
}

/** A form that calls `submit` instead of loading a page. */
export function Form(
  { submit, class: name = "stack", children }: {
    readonly submit: () => unknown;
    readonly class?: string;
    readonly children: ComponentChildren;
  },
) {
  return (
    <form
      class={name}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {children}
    </form>
  );
}

interface TextProps extends LabelProps {
  readonly value: string;
  readonly change: (value: string) => void;
  readonly type?: "text" | "email" | "password" | "search" | "time" | "url";
  readonly name?: string;
  readonly autocomplete?: AutoFill;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly disabled?: boolean;
  readonly focus?: boolean;
}

/** A labelled text field. */
export function TextField(props: TextProps) {
  const { label, hint, fault, value, change, focus, type = "text", ...rest } = props;
  const id = useId();
  return (
    <div class="labelled">
      <label for={id}>{label}</label>
      <div class="field" data-fault={fault !== undefined}>
        <input
          {...rest}
          // The types of inputs are distinguished by this one attribute, which is chosen at run time.
          type={type as "text"}
          id={id}
          value={value}
          aria-describedby={hint || fault ? `${id}-note` : undefined}
          aria-invalid={fault !== undefined}
          ref={(element) => {
            if (focus && element && !element.dataset.met) {
              element.dataset.met = "";
              element.focus();
            }
          }}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      </div>
      <Note id={`${id}-note`} hint={hint} fault={fault} />
    </div>
  );
}

interface NumberProps extends LabelProps {
  /** Absent: the field is empty. */
  readonly value: number | undefined;
  readonly change: (value: number | undefined) => void;
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | "any";
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly required?: boolean;
}

/** A labelled number field with its unit. */
export function NumberField({ label, hint, fault, value, change, unit, ...rest }: NumberProps) {
  const id = useId();
  return (
    <div class="labelled">
      <label for={id}>{label}</label>
      <div class="field number" data-fault={fault !== undefined}>
        <input
          {...rest}
          id={id}
          type="number"
          inputMode="decimal"
          value={value ?? ""}
          aria-describedby={`${id}-unit ${id}-note`}
          aria-invalid={fault !== undefined}
          onInput={({ currentTarget }) => {
            const number = currentTarget.valueAsNumber;
            change(Number.isFinite(number) ? number : undefined);
          }}
        />
        <span id={`${id}-unit`} class="unit">{unit}</span>
      </div>
      <Note id={`${id}-note`} hint={hint} fault={fault} />
    </div>
  );
}

interface SelectProps<T extends string> extends LabelProps {
  readonly value: T;
  readonly options: readonly {
    readonly value: T;
    readonly label: string;
    readonly off?: boolean;
  }[];
  readonly change: (value: T) => void;
  readonly disabled?: boolean;
  /** The label is for screen readers only. */
  readonly bare?: boolean;
}

/** A labelled choice from a list. */
export function SelectField<T extends string>(
  { label, hint, fault, value, options, change, disabled = false, bare = false }: SelectProps<T>,
) {
  const id = useId();
  return (
    <div class="labelled">
      <label for={id} class={bare ? "unseen" : undefined}>{label}</label>
      <div class="field choice">
        <select
          id={id}
          value={value}
          disabled={disabled}
          aria-describedby={hint || fault ? `${id}-note` : undefined}
          onChange={({ currentTarget }) => {
            const chosen = options.find((option) => option.value === currentTarget.value);
            if (chosen) change(chosen.value);
          }}
        >
          {options.map((option) => (
            <option
              key={option.value}
              value={option.value}
              disabled={option.off ?? false}
            >
              {option.label}
            </option>
          ))}
        </select>
      </div>
      <Note id={`${id}-note`} hint={hint} fault={fault} />
    </div>
  );
}

interface CheckProps {
  readonly label: ComponentChildren;
  readonly detail?: ComponentChildren;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly change: (checked: boolean) => void;
  /** Name of the group, for one of several options that exclude each other. */
  readonly radio?: string;
}

/** A check box, or with `radio` one option of a group of that name. */
export function Check({ label, detail, checked, disabled = false, change, radio }: CheckProps) {
  return (
    <label class="check" data-off={disabled}>
      <input
        type={radio === undefined ? "checkbox" : "radio"}
        name={radio}
        checked={checked}
        disabled={disabled}
        onChange={({ currentTarget }) => change(currentTarget.checked)}
      />
      <span class="check-text">
        <span>{label}</span>
        {detail && <span class="check-detail">{detail}</span>}
      </span>
    </label>
  );
}

/** Fields that belong together, under a name. */
export function Group(
  { name, side = false, children }: {
    name: string;
    /** Side by side where there is room. */
    side?: boolean;
    children: ComponentChildren;
  },
) {
  return (
    <fieldset class={side ? "group side-by-side" : "group"}>
      <legend>{name}</legend>
      {children}
    </fieldset>
  );
}

function Note(
  { id, hint, fault }: { id: string; hint: ComponentChildren; fault: string | undefined },
) {
  if (fault !== undefined) return <p id={id} class="fault">{fault}</p>;
  return hint ? <p id={id} class="hint">{hint}</p> : null;
}
