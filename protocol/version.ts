/** The product's version, as every process tells it. The same as in `package.json`. */
export const VERSION = "0.1.0";
