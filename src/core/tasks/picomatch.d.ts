/** The package ships no types; these are of what is used of it. */
declare module "picomatch" {
  interface Scanned {
    readonly base: string;
    readonly isGlob: boolean;
  }
  interface Picomatch {
    (glob: string, options?: { readonly dot?: boolean }): (path: string) => boolean;
    scan(glob: string): Scanned;
  }
  const picomatch: Picomatch;
  export = picomatch;
}
