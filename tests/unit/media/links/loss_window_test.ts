import { equal } from "node:assert/strict";
import { LossWindow } from "../../../../media/links/loss_window.ts";
import type { Millis } from "../../../../protocol/clock.ts";

const at = (ms: number) => ms as Millis;

Deno.test("[LNK8] the loss is that of the last three seconds", () => {
  const window = new LossWindow();
  equal(window.add({ at: at(0), sent: 0, lost: 0 }), undefined);
  equal(window.add({ at: at(1_000), sent: 100, lost: 10 }), 0.1);
  equal(window.add({ at: at(2_000), sent: 200, lost: 10 }), 0.05);
  for (let second = 3; second <= 10; second++) {
    window.add({ at: at(second * 1_000), sent: second * 100, lost: 10 });
  }
  equal(window.add({ at: at(11_000), sent: 1_100, lost: 10 }), 0);
  equal(window.add({ at: at(12_000), sent: 1_200, lost: 40 }), 0.1);
});

Deno.test("[LNK8] an idle path has no loss, and losses counted twice are at most all packets", () => {
  const window = new LossWindow();
  window.add({ at: at(0), sent: 10, lost: 0 });
  equal(window.add({ at: at(500), sent: 10, lost: 0 }), undefined);
  equal(window.add({ at: at(1_000), sent: 12, lost: 5 }), 1);
});
