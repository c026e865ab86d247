import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  defaultRoutes,
  type InterfaceFacts,
  interfaceNames,
  interfaceOf,
  readInterfaces,
} from "../../../../agent/probes/interfaces.ts";
import { parseKernelFiles, type ReadKernelFiles } from "../../../../agent/probes/kernel_files.ts";
import {
  cpuPercent,
  createMachineReader,
  parseCpuTimes,
  parseMemory,
} from "../../../../agent/probes/machine.ts";
import { parseModem, parseModemList } from "../../../../agent/probes/modem.ts";
import { parseWireless } from "../../../../agent/probes/signal.ts";
import { createToolRunner } from "../../../../agent/probes/tool.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { parseModes, readVideoInputs } from "../../../../agent/probes/video_inputs.ts";

/** The kernel's files of a device, without the line ends. */
function kernel(texts: Readonly<Record<string, string>>): ReadKernelFiles {
  const files = new Map(Object.entries(texts).map(([path, text]) => [path, `${text}\n`]));
  return (paths) =>
    Promise.resolve(
      new Map(paths.flatMap((path) => {
        const text = files.get(path);
        return text === undefined ? [] : [[path, text] as const];
      })),
    );
}

const WIRED: InterfaceFacts = {
  name: "eth0",
  operstate: "up",
  hardware: "1",
  uevent: "INTERFACE=eth0\nIFINDEX=2\n",
  isWireless: false,
  hasDevice: true,
  driver: "r8169",
  ip: "192.0.2.7",
};

Deno.test("[PRB1] interfaces are reported by kind and state, without loopback and bridges", () => {
  const reported = (facts: Partial<InterfaceFacts>) => {
    const found = interfaceOf({ ...WIRED, ...facts }, new Set(["eth0"]));
    return found && [found.type, found.state, found.ip, found.has_default_route];
  };
  deepEqual(reported({}), ["ethernet", "connected", "192.0.2.7", true]);
  deepEqual(reported({ operstate: "down", ip: undefined }), [
    "ethernet",
    "disconnected",
    null,
    true,
  ]);
  deepEqual(reported({ ip: undefined }), ["ethernet", "connecting", null, true]);
  deepEqual(reported({ name: "wlan0", uevent: "DEVTYPE=wlan\n" }), [
    "wifi",
    "connected",
    "192.0.2.7",
    false,
  ]);
  // A modem has no state "up": it is up when it has an address.
  const modem = {
    name: "wwan0",
    operstate: "unknown",
    uevent: "DEVTYPE=wwan\n",
    hardware: "65534",
  };
  deepEqual(reported(modem), ["cellular", "connected", "192.0.2.7", false]);
  deepEqual(reported({ ...modem, ip: undefined }), ["cellular", "connecting", null, false]);
  equal(reported({ name: "lo", hardware: "772" }), undefined);
  equal(
    reported({ name: "br0", uevent: "DEVTYPE=bridge\n", hasDevice: false, ip: undefined }),
    undefined,
  );
  deepEqual(reported({ operstate: undefined }), ["ethernet", "error", "192.0.2.7", true]);
});

Deno.test("[PRB1] the interfaces that the kernel lists are read with device, driver and radio", async () => {
  const table = [
    "Inter-|   Receive                            |  Transmit",
    " face |bytes    packets errs drop fifo frame |bytes    packets errs",
    "    lo: 22167161   21912    0    0    0     0",
    " wlan7:       0       0    0    0    0     0",
    "  eth7: 785323114   31109    0    0    0     0",
  ].join("\n");
  const at = (name: string) => `/sys/class/net/${name}`;
  const found = await readInterfaces(kernel({
    "/proc/net/dev": table,
    [`${at("lo")}/type`]: "772",
    [`${at("eth7")}/type`]: "1",
    [`${at("eth7")}/operstate`]: "down",
    [`${at("eth7")}/device/uevent`]: "DRIVER=r8169\nPCI_CLASS=20000",
    [`${at("wlan7")}/type`]: "1",
    [`${at("wlan7")}/operstate`]: "dormant",
    [`${at("wlan7")}/phy80211/name`]: "phy0",
  }));
  deepEqual(found.map(({ name, type, state, driver }) => [name, type, state, driver]), [
    ["eth7", "ethernet", "disconnected", "r8169"],
    ["wlan7", "wifi", "connecting", null],
  ]);
});

Deno.test("[PRB2] default routes are read from the kernel's table, the preferred one first", () => {
  const table = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "wwan0\t00000000\t01002D0A\t0003\t0\t0\t700\t00000000\t0\t0\t0",
    "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
    "eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0",
    "",
  ].join("\n");
  deepEqual([...defaultRoutes(table)], ["eth0", "wwan0"]);
});

Deno.test("[PRB3] Wi-Fi levels are read; one that is not measured is left out", () => {
  const table = [
    "Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE",
    " face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22",
    " wlan0: 0000   54.  -56.  -256        0      0      0      0      0        0",
    " wlan1: 0000    0.    0.  -256        0      0      0      0      0        0",
  ].join("\n");
  deepEqual([...parseWireless(table)], [["wlan0", { signal_dbm: -56, technology: "Wi-Fi" }]]);
});

Deno.test("[PRB4] a modem's interface, network and newest radio are read from ModemManager", () => {
  const list = '{"modem-list":["/org/freedesktop/ModemManager1/Modem/0","/org/x/Modem/12"]}';
  deepEqual(parseModemList(list), ["0", "12"]);
  const modem = JSON.stringify({
    modem: {
      "3gpp": { "operator-name": "T-Mobile" },
      generic: {
        ports: ["cdc-wdm0 (qmi)", "wwan0 (net)"],
        "access-technologies": ["lte", "5gnr"],
      },
    },
  });
  const signal = JSON.stringify({
    modem: {
      signal: {
        "5g": { rsrp: "--", rsrq: "--", snr: "--" },
        lte: { rsrp: "-98.00", rsrq: "-11.00", snr: "7.40", rssi: "-70.00" },
        refresh: { rate: "10" },
      },
    },
  });
  deepEqual(parseModem(modem, signal), {
    name: "wwan0",
    signal: {
      carrier: "T-Mobile",
      technology: "LTE+5GNR",
      signal_dbm: -98,
      rsrp: -98,
      rsrq: -11,
      sinr: 7.4,
    },
  });
  deepEqual(parseModem(modem, undefined)?.signal, { carrier: "T-Mobile", technology: "LTE+5GNR" });
  equal(parseModem(undefined, signal), undefined);
});

Deno.test("[PRB4] a modem's state is read, with what it needs when it is locked or failed", () => {
  const modem = (generic: unknown, network: unknown = {}) =>
    parseModem(
      JSON.stringify({
        modem: { generic: { ports: ["wwan0 (net)"], ...Object(generic) }, "3gpp": network },
      }),
      undefined,
    )?.signal;
  deepEqual(
    modem(
      {
        state: "connected",
        "unlock-required": "sim-pin2",
        "signal-quality": { value: "72", recent: "yes" },
      },
      { "registration-state": "roaming", "operator-name": "--" },
    ),
    { signal_percent: 72, modem: { state: "connected", registration: "roaming" } },
  );
  deepEqual(modem({ state: "locked", "unlock-required": "sim-pin" }), {
    modem: { state: "locked", lock: "sim-pin" },
  });
  deepEqual(modem({ state: "failed", "state-failed-reason": "sim-missing" }), {
    modem: { state: "failed", reason: "sim-missing" },
  });
  deepEqual(modem({ state: 7, "access-technologies": "--", "signal-quality": "--" }, []), {});
  deepEqual(modem({ "signal-quality": { value: "400" } }), {});
});

Deno.test("[PRB4] a level outside the range of radios is no level", () => {
  const description = '{"modem":{"generic":{"ports":["wwan0 (net)"]}}}';
  const signal = '{"modem":{"signal":{"lte":{"rsrp":"-9999"},"gsm":{"rssi":"-71"}}}}';
  deepEqual(parseModem(description, signal)?.signal, { signal_dbm: -71 });
});

Deno.test("[PRB10] a tool that is not installed is named", async () => {
  const { run, missing } = createToolRunner(new FakeClock());
  equal(await run("farpad-no-such-tool", []), undefined);
  deepEqual([...missing], ["farpad-no-such-tool"]);
});

const FORMATS = `ioctl: VIDIOC_ENUM_FMT
	Type: Video Capture

	[0]: 'MJPG' (Motion-JPEG, compressed)
		Size: Discrete 1280x720
			Interval: Discrete 0.033s (30.000 fps)
		Size: Discrete 1920x1080
			Interval: Discrete 0.033s (30.000 fps)
			Interval: Discrete 0.067s (15.000 fps)
	[1]: 'YUYV' (YUYV 4:2:2)
		Size: Discrete 1280x720
			Interval: Discrete 0.133s (7.500 fps)
			Interval: Discrete 0.033s (30.000 fps)
`;

Deno.test("[PRB5] a camera's modes are reported best first, each once", () => {
  deepEqual(parseModes(FORMATS), ["1920x1080@30", "1920x1080@15", "1280x720@30", "1280x720@7.5"]);
  deepEqual(parseModes("ioctl: VIDIOC_ENUM_FMT\n\tType: Video Capture\n"), []);
});

Deno.test("[PRB5] nodes without pictures are left out; without the tool, all but the first", async () => {
  const nodes = [["video0", "0"], ["video1", "1"], ["video10", "0"]] as const;
  const files = kernel(Object.fromEntries(nodes.flatMap(([node, index]) => [
    [`/sys/class/video4linux/${node}/name`, `Camera ${node}`],
    [`/sys/class/video4linux/${node}/index`, index],
  ])));
  const uses = (device: string) => device === "/dev/video10";
  const found = await readVideoInputs(
    (_, args) => Promise.resolve(args[1] === "/dev/video1" ? "Type: Metadata" : FORMATS),
    { read: files, uses },
  );
  deepEqual(found.map(({ device, label, status }) => [device, label, status]), [
    ["/dev/video0", "Camera video0", "available"],
    ["/dev/video10", "Camera video10", "in_use"],
  ]);
  const without = () => Promise.resolve(undefined);
  const bare = await readVideoInputs(without, { read: files, uses });
  deepEqual(bare.map(({ device, capabilities }) => [device, capabilities]), [
    ["/dev/video0", []],
    ["/dev/video10", []],
  ]);
  deepEqual(await readVideoInputs(without, { read: kernel({}), uses }), []);
});

Deno.test("[PRB6] processor load is that between two readings", () => {
  const before = parseCpuTimes("cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 2 3 4\n");
  const after = parseCpuTimes("cpu  130 0 120 740 110 0 0 0 0 0\n");
  deepEqual(before, { busy: 200, all: 1000 });
  equal(cpuPercent(before!, after!), 50);
  equal(cpuPercent(before!, before!), 0);
  equal(parseCpuTimes("nonsense"), undefined);
});

Deno.test("[PRB6] memory in use is the memory that is not available", () => {
  const text = "MemTotal:        8000000 kB\nMemFree:  100 kB\nMemAvailable:    6000000 kB\n";
  deepEqual(parseMemory(text), { mem_used_mb: 2048, mem_total_mb: 8192 });
  deepEqual(parseMemory(""), { mem_used_mb: 0 });
});

Deno.test("[PRB6] load, memory, uptime and the highest sane temperature of the machine are read", async () => {
  const read = createMachineReader(kernel({
    "/proc/stat": "cpu  100 0 100 700 100 0 0 0 0 0",
    "/proc/meminfo": "MemTotal: 8000000 kB\nMemAvailable: 6000000 kB",
    "/proc/uptime": "583.40 433.30",
    "/sys/class/thermal/thermal_zone0/temp": "41500",
    "/sys/class/thermal/thermal_zone1/temp": "52340",
    "/sys/class/thermal/thermal_zone3/temp": "-274000",
  }));
  deepEqual(await read(), {
    cpu_percent: 0,
    mem_used_mb: 2048,
    mem_total_mb: 8192,
    uptime_s: 583,
    temperature_c: 52.3,
  });
  deepEqual(await createMachineReader(kernel({}))(), {
    cpu_percent: 0,
    mem_used_mb: 0,
    uptime_s: 0,
  });
});

Deno.test("[PRB9] lines are put together by the path before them", () => {
  const text = "/proc/a:one: 1\n/proc/b:\n/proc/a:two\nno path\n";
  deepEqual([...parseKernelFiles(text)], [["/proc/a", "one: 1\ntwo\n"], ["/proc/b", "\n"]]);
});

Deno.test("[PRB7] reading a sensor does not throw, whatever it returns", () => {
  const readers = [
    defaultRoutes,
    interfaceNames,
    parseKernelFiles,
    parseCpuTimes,
    parseMemory,
    parseWireless,
    parseModemList,
    parseModes,
    (text: string) => parseModem(text, text),
  ];
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    for (const read of readers) read(text);
    ok(true);
  }));
});
