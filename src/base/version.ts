declare const BUILD_VERSION: string | undefined;

/** The package's version, put in by the bundler; an unbuilt checkout has none to compare. */
export const VERSION = typeof BUILD_VERSION === "string" ? BUILD_VERSION : "0.0.0-source";
