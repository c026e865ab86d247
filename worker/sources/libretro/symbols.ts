/**
 * The libretro interface, version 1, as foreign functions (libretro.h).
 *
 * A `size_t` that is always small is declared `u32` in callbacks: on x86-64 and AArch64 that is the low half of
 * the same register, and it saves a BigInt at every call.
 *
 * @module
 */
/** The functions that a core exports. */
export const SYMBOLS = {
  retro_api_version: { parameters: [], result: "u32" },
  retro_init: { parameters: [], result: "void" },
  retro_deinit: { parameters: [], result: "void" },
  retro_get_system_info: { parameters: ["buffer"], result: "void" },
  retro_get_system_av_info: { parameters: ["buffer"], result: "void" },
  retro_set_environment: { parameters: ["function"], result: "void" },
  retro_set_video_refresh: { parameters: ["function"], result: "void" },
  retro_set_audio_sample: { parameters: ["function"], result: "void" },
  retro_set_audio_sample_batch: { parameters: ["function"], result: "void" },
  retro_set_input_poll: { parameters: ["function"], result: "void" },
  retro_set_input_state: { parameters: ["function"], result: "void" },
  retro_set_controller_port_device: { parameters: ["u32", "u32"], result: "void" },
  retro_load_game: { parameters: ["buffer"], result: "bool" },
  retro_unload_game: { parameters: [], result: "void" },
  retro_run: { parameters: [], result: "void" },
  retro_reset: { parameters: [], result: "void" },
  retro_serialize_size: { parameters: [], result: "usize" },
  retro_serialize: { parameters: ["buffer", "usize"], result: "bool" },
  retro_unserialize: { parameters: ["buffer", "usize"], result: "bool" },
  retro_get_memory_data: { parameters: ["u32"], result: "pointer" },
  retro_get_memory_size: { parameters: ["u32"], result: "usize" },
} as const satisfies Deno.ForeignLibraryInterface;

/** A core's library with its functions. */
export type CoreLibrary = Deno.DynamicLibrary<typeof SYMBOLS>;

/** Command, data → whether the command was carried out. */
export const ENVIRONMENT = { parameters: ["u32", "pointer"], result: "bool" } as const;
/** Pixels (null: the same picture again), width, height, bytes a row. */
export const VIDEO_REFRESH = {
  parameters: ["pointer", "u32", "u32", "u32"],
  result: "void",
} as const;
/** Left, right. */
export const AUDIO_SAMPLE = { parameters: ["i16", "i16"], result: "void" } as const;
/** Interleaved samples, number of pairs → number of pairs taken. */
export const AUDIO_BATCH = { parameters: ["pointer", "u32"], result: "u64" } as const;
/** `retro_input_poll_t`: no arguments and no result. */
export const INPUT_POLL = { parameters: [], result: "void" } as const;
/** Port, motor, strength → whether there is such a motor. */
export const SET_RUMBLE = { parameters: ["u32", "u32", "u16"], result: "bool" } as const;
/** Port, device, index, id → state. */
export const INPUT_STATE = { parameters: ["u32", "u32", "u32", "u32"], result: "i16" } as const;
