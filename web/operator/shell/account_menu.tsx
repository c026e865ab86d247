/**
 * The menu of the signed-in user: account, theme, signing out.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useLocation } from "preact-iso";
import { Icon } from "../../shared/icon.tsx";
import { Menu, MenuItem } from "../../shared/menu.tsx";
import { useServices, useUser } from "../services.ts";
import { chooseTheme, theme, THEMES } from "./theme.ts";

/** The menu of the signed-in user in the top bar. */
export function AccountMenu() {
  const { api } = useServices();
  const { name, email, role } = useUser();
  const { route } = useLocation();
  const open = useSignal(false);
  const close = () => void (open.value = false);
  return (
    <div class="anchor">
      <button
        type="button"
        class="button plain account-button"
        aria-haspopup="menu"
        aria-expanded={open.value}
        aria-label={`Account of ${name}`}
        onClick={() => void (open.value = !open.value)}
      >
        <Icon name="seat" />
        <span class="account-name">{name}</span>
        <Icon name="chevron" />
      </button>
      {open.value && (
        <Menu label="Account" class="at-end" close={close}>
          <div class="menu-title" role="presentation">{email}, {role}</div>
          <MenuItem
            icon="key"
            choose={() => {
              close();
              route("/operator/account");
            }}
          >
            Password and logins
          </MenuItem>
          <hr />
          {THEMES.map(({ value, label, icon }) => (
            <MenuItem
              key={value}
              icon={icon}
              checked={theme.value === value}
              trail={theme.value === value ? <Icon name="check" /> : undefined}
              choose={() => chooseTheme(value)}
            >
              {label}
            </MenuItem>
          ))}
          <hr />
          <MenuItem icon="leave" choose={() => void api.signOut()}>Sign out</MenuItem>
        </Menu>
      )}
    </div>
  );
}
