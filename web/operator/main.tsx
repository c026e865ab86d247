/**
 * The dashboard's page: builds the models once and mounts the views.
 *
 * @module
 */
import "../disposal.ts";
import { render } from "preact";
import { systemClock } from "../../protocol/clock.ts";
import { systemRandom } from "../../protocol/random.ts";
import { dialWebSocket, legUrl } from "../shared/socket/web_socket.ts";
import { placed } from "../shared/place.ts";
import { placeLinks } from "../shared/placed_location.tsx";
import { createToaster } from "../shared/toast.tsx";
import { Api, browserExclusive } from "./api.ts";
import { App } from "./app.tsx";
import { Fleet } from "./fleet.ts";
import { Live } from "./live.ts";
import { Asks } from "./model/ask.ts";
import { ServicesProvider } from "./services.ts";
import { applyTheme } from "./shell/theme.ts";
import { ServerTime } from "./time.ts";

const clock = systemClock;
const random = systemRandom;
const api = new Api({
  clock,
  random,
  fetch: (url, init) => fetch(placed(url), init),
  exclusive: browserExclusive,
});
const fleet = new Fleet(clock);
const time = new ServerTime(clock);
const live = new Live({
  clock,
  random,
  dial: dialWebSocket,
  address: () => legUrl("/api/ws", {}),
  api,
  fleet,
  time,
});
const services = {
  clock,
  random,
  api,
  asks: new Asks(clock),
  fleet,
  live,
  time,
  toaster: createToaster(clock),
};

api.state.subscribe(({ state }) => {
  if (state === "signed_in") live.connect();
  else if (state === "signed_out") live.disconnect();
});
globalThis.addEventListener("online", () => {
  if (live.state.value.state === "stale") live.retry();
});
placeLinks();
applyTheme();
void api.resume();

render(
  <ServicesProvider value={services}>
    <App />
  </ServicesProvider>,
  document.getElementById("app")!,
);
