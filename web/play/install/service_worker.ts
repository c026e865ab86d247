/**
 * Registers the service worker, which makes the pages an app that can be installed (`web/public/sw.js`).
 *
 * @module
 */
import { errorText } from "../../../protocol/error_text.ts";
import { placed } from "../../shared/place.ts";

/** What is read of the browser. */
export interface Browser {
  readonly isSecureContext: boolean;
  readonly navigator: {
    readonly serviceWorker?: {
      register(url: string, options: RegistrationOptions): Promise<unknown>;
    };
  };
}

/**
 * Registers it where the browser allows one: by HTTPS, and on the machine itself. The browser looks for a newer one at
 * every page load, past its caches. A refusal is a warning: the pages work without one.
 */
export async function registerServiceWorker(
  { isSecureContext, navigator }: Browser = globalThis,
  warn: (text: string) => void = console.warn,
): Promise<void> {
  if (!isSecureContext || !navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register(placed("/sw.js"), { updateViaCache: "none" });
  } catch (error) {
    warn(`Cannot make the pages an app to install: ${errorText(error)}`);
  }
}
