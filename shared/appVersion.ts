/** Written into checkpoints and exported files. The same as in package.json, which a test holds. */
export const appVersion = '0.1.0';
