/** The product's version, which every process reports. The same as in `package.json`. */
export const VERSION = "0.1.0";
