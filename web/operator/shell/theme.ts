/**
 * The theme: light, dark, or the one of the system. The choice is stored in this browser.
 *
 * @module
 */
import { signal } from "@preact/signals";
import type { IconName } from "../../shared/icon.tsx";

type Theme = "system" | "light" | "dark";

const KEY = "farpad.theme";

/** The themes that a user can choose, with label and icon. */
export const THEMES: readonly {
  readonly value: Theme;
  readonly label: string;
  readonly icon: IconName;
}[] = [
  { value: "system", label: "As the system", icon: "desktop" },
  { value: "light", label: "Light", icon: "sun" },
  { value: "dark", label: "Dark", icon: "moon" },
];

/** The theme chosen in this browser. */
export const theme = signal<Theme>(stored());

/** Applies the stored theme. */
export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme.value === "system") delete dataset.theme;
  else dataset.theme = theme.value;
}

/** Applies a theme and stores it in this browser. */
export function chooseTheme(value: Theme): void {
  theme.value = value;
  if (value === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, value);
  applyTheme();
}

function stored(): Theme {
  const text = localStorage.getItem(KEY);
  return text === "light" || text === "dark" ? text : "system";
}

const darkSystem = signal(matchMedia("(prefers-color-scheme: dark)").matches);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
  darkSystem.value = matches;
});

/** The colour scheme in use, for drawings without style sheets. */
export function useScheme(): "light" | "dark" {
  if (theme.value !== "system") return theme.value;
  return darkSystem.value ? "dark" : "light";
}
