import { deepEqual } from "node:assert/strict";
import { findFaults } from "../support/axe.ts";
import { launchChromium } from "../support/browser.ts";
import { startFakeCoordinator } from "../support/fake_coordinator.ts";
import { waitForState } from "../support/player.ts";
import { openFakePage } from "../support/web_page.ts";

const DIST = Deno.env.get("FARPAD_WEB") ?? new URL("../../web/dist", import.meta.url).pathname;

Deno.test("[PLY2] [PLY34] a gamepad of an unknown layout is named, set up button by button, and plays", async () => {
  const browser = await launchChromium(["--autoplay-policy=no-user-gesture-required"]);
  try {
    await using fake = startFakeCoordinator(DIST);
    const page = await openFakePage(browser, fake.url);

    await page.addInitScript(() => {
      const pressed = new Set<number>();
      const pad = {
        id: "Old Pad (Vendor: 0079 Product: 0011)",
        index: 0,
        mapping: "",
        connected: true,
        axes: [0, 0],
        get buttons() {
          return Array.from({ length: 10 }, (_, i) => ({
            pressed: pressed.has(i),
            value: pressed.has(i) ? 1 : 0,
          }));
        },
      };
      navigator.getGamepads = () => [pad as unknown as Gamepad];
      Object.assign(globalThis, { pressedButtons: pressed });
    });
    await page.goto(`${fake.url}/play/paddle-duel`);
    // It was found before the screen was shown, so no event names it.
    await page.getByText("Old Pad is not set up yet.").waitFor();
    await waitForState(page, "playing");
    await page.getByText("This browser does not know the layout of “Old Pad”.").waitFor();
    await page.getByRole("button", { name: "Set it up" }).click();
    deepEqual(await findFaults(page), []);
    for (let button = 0; button < 8; button++) {
      await page.getByText(`Button ${button + 1} of 8`).waitFor();
      const press = (down: boolean) =>
        page.evaluate(([button, down]) => {
          const { pressedButtons } = globalThis as unknown as { pressedButtons: Set<number> };
          if (down) pressedButtons.add(button);
          else pressedButtons.delete(button);
        }, [button, down] as const);
      await press(true);
      await page.getByText("Let go.").waitFor();
      await press(false);
    }
    await page.getByText("Old Pad is set up.").first().waitFor();
    await page.getByRole("button", { name: "Set it up" }).waitFor({ state: "detached" });
  } finally {
    await browser.close();
  }
});
