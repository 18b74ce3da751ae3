/** How each interpreter takes code on its command line. */

export interface Language {
  /** Options whose value is code. */
  readonly code: readonly string[];
  readonly valued: readonly string[];
  /** Options that load a file before. */
  readonly loads?: readonly string[];
}

const PYTHON: Language = { code: ["-c"], valued: ["-c", "-m", "-W", "-X", "-Q"] };

const NODE: Language = {
  code: ["-e", "--eval", "-p", "--print", "-pe"],
  valued: [
    "-e",
    "--eval",
    "-p",
    "--print",
    "-r",
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "--env-file",
    "-C",
    "--conditions",
  ],
};

const PERL: Language = { code: ["-e", "-E"], valued: ["-e", "-E", "-I", "-M", "-m", "-x"] };

const RUBY: Language = { code: ["-e"], valued: ["-e", "-I", "-r", "-C"] };

export const LANGUAGES: Readonly<Record<string, Language>> = {
  python: PYTHON,
  python2: PYTHON,
  python3: PYTHON,
  pypy: PYTHON,
  pypy3: PYTHON,
  ipython: PYTHON,
  node: NODE,
  nodejs: NODE,
  tsx: NODE,
  "ts-node": NODE,
  "ts-node-esm": NODE,
  "vite-node": NODE,
  "babel-node": NODE,
  "swc-node": NODE,
  zx: NODE,
  esno: NODE,
  jiti: NODE,
  tsimp: NODE,
  perl: PERL,
  ruby: RUBY,
  irb: RUBY,
  php: {
    code: ["-r", "-B", "-R", "-E"],
    valued: ["-r", "-d", "-c", "-f", "-B", "-R", "-E", "-S", "-t"],
  },
  lua: { code: ["-e"], valued: ["-e", "-l"] },
  luajit: { code: ["-e"], valued: ["-e", "-l"] },
  osascript: { code: ["-e"], valued: ["-e", "-l"] },
  Rscript: { code: ["-e"], valued: ["-e"] },
  R: { code: ["-e"], valued: ["-e"] },
  julia: { code: ["-e", "-E", "--eval"], valued: ["-e", "-E", "--eval"] },
  elixir: { code: ["-e", "--eval"], valued: ["-e", "--eval", "-r"] },
  erl: { code: ["-eval"], valued: ["-eval", "-s", "-pa", "-sname", "-name"] },
  ghc: { code: ["-e"], valued: ["-e"] },
  scala: { code: ["-e"], valued: ["-e"] },
  gnuplot: { code: ["-e"], valued: ["-e"] },
  groovy: { code: ["-e"], valued: ["-e"] },
  ocaml: { code: ["-e"], valued: ["-e", "-I"] },
  octave: { code: ["--eval"], valued: ["--eval"] },
  matlab: { code: ["-batch", "-r"], valued: ["-batch", "-r"] },
  ghci: { code: ["-e"], valued: ["-e"] },
  racket: { code: ["-e"], valued: ["-e"] },
  raku: { code: ["-e"], valued: ["-e"] },
  nu: { code: ["-c"], valued: ["-c"] },
  sage: { code: ["-c"], valued: ["-c"] },
  jshell: { code: [], valued: [] },
  tclsh: { code: [], valued: [] },
  pwsh: {
    code: ["-c", "-Command", "-command", "-EncodedCommand"],
    valued: ["-c", "-Command", "-command", "-File", "-EncodedCommand"],
  },
  powershell: {
    code: ["-c", "-Command", "-EncodedCommand"],
    valued: ["-c", "-Command", "-File", "-EncodedCommand"],
  },
  emacs: { code: ["--eval", "-eval"], valued: ["--eval", "-eval", "-l", "--load", "-f"] },
  guile: { code: ["-c"], valued: ["-c", "-l"] },
  sbcl: { code: ["--eval"], valued: ["--eval", "--load"] },
  clojure: { code: ["-e"], valued: ["-e"] },
  swift: { code: ["-e"], valued: ["-e"] },
};
