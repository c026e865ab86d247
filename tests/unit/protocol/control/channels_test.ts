import { deepEqual, equal } from "node:assert/strict";
import { channelOptions, CHANNELS } from "../../../../protocol/control/channels.ts";

Deno.test("[CHN1] channels have the ids both ends agreed on", () => {
  const ids = Object.values(CHANNELS).map(({ id, label }) => [id, label]);
  deepEqual(ids, [[0, "state"], [1, "commands"], [2, "assets"], [3, "media"], [4, "clock"]]);
});

Deno.test("[CHN2] state, media and clock are sent once and may arrive out of order", () => {
  for (const name of ["state", "media", "clock"] as const) {
    const options = channelOptions(CHANNELS[name]);
    deepEqual(options, {
      negotiated: true,
      id: CHANNELS[name].id,
      ordered: false,
      maxRetransmits: 0,
    });
  }
});

Deno.test("[CHN2] commands and assets arrive whole and in order", () => {
  for (const name of ["commands", "assets"] as const) {
    const options = channelOptions(CHANNELS[name]);
    equal(options.ordered, true);
    equal("maxRetransmits" in options, false);
  }
});
