/** Package managers and build tools: the project's own code runs freely; machines and registries do not change unasked. */
import type { Call, Judge } from "../call.ts";
import { writing } from "../deeds.ts";
import { type Field, field, HOLE, isKnown, type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { MORE_BUILDERS } from "./catalogue.ts";
import { mayBeCommand } from "./command-names.ts";
import { commandOptions, handedOn } from "./command-options.ts";
import { tell } from "./deleters.ts";
import { deploys, dropsData } from "./grammar.ts";
import { frameworkCode } from "./interpreters.ts";
import { TAKES_PATTERNS, tasks } from "./tasks.ts";
import { type VerbTool, verbTool } from "./verbs.ts";

/** Build, test, lint, format: whatever their words, they do to the workspace what its author set up. */
const BUILDERS = `
  make_ gmake_ cmake ctest cpack ninja meson scons bazel bazelisk buck buck2 pants please gn xmake premake autoconf automake
  autoreconf configure libtool gcc g++ cc c++ clang clang++ clang-format clang-tidy clangd ld lld ar ranlib strip as nasm rustc rustfmt
  rustup_ clippy-driver gofmt goimports golangci-lint staticcheck gopls dlv mockgen wire protoc buf javac java_ kotlinc kotlin scalac sbt
  mill ant mvnw gradlew gradle ktlint detekt checkstyle pmd spotbugs google-java-format swiftc swiftlint swiftformat xcodebuild xcrun
  xcode-select_ fastlane_ tsc tsup tsdown rollup webpack webpack-cli webpack-dev-server vite vitest jest mocha ava tap c8 nyc karma cypress
  playwright eslint oxlint biome prettier stylelint standard xo rome swc esbuild parcel turbo nx lerna rush wireit wsrun gulp grunt
  next nuxt nuxi astro remix gatsby svelte-kit svelte-check ng vue-cli-service vue-tsc ember expo_ react-native metro storybook start-storybook
  build-storybook tsd typedoc jsdoc api-extractor size-limit bundlesize depcheck knip madge dependency-cruiser depcruise commitlint
  lint-staged husky_ changeset_ commitizen cz hygen plop sass less_ lessc postcss tailwindcss tailwind unocss babel http-server serve live-server
  json-server nodemon_ pm2_ wait-on start-server-and-test npm-run-all run-s run-p cross-env_ rimraf_ mkdirp cpx cpy ncp license-checker
  pytest py.test unittest nose2 nosetests tox nox black isort flake8 pylint ruff mypy pyright pyre bandit autopep8 yapf pydocstyle vulture
  radon coverage sphinx-build sphinx-quickstart mkdocs_ pre-commit pip-compile pip-sync pip-audit safety hatch_ pdm_ rye_ pyinstaller cython
  django-admin flask uvicorn gunicorn hypercorn daphne celery jupyter_ nbconvert streamlit doctest venv virtualenv build compileall py_compile
  cProfile pdb trace unasync alembic_ rspec minitest rubocop standardrb reek brakeman rake_ srb sorbet steep rbs yard jekyll bridgetown guard
  phpunit pest phpstan psalm php-cs-fixer phpcs phpcbf rector infection artisan_ mix_ iex_ rebar3 dialyzer credo ghc ghci_ cabal stack
  hlint ormolu fourmolu stylish-haskell ocamlc ocamlfind dune opam_ ocamlformat elm elm-test elm-format elm-review purs spago dart_ flutter_ zig nim nimble
  crystal shards v odin gleam roc lein boot clj clj-kondo racket raco dotnet_ msbuild nuget_ csc fsc nant cake forge hardhat_ truffle_ anvil
  slither solc shfmt shellspec bats hadolint yamllint actionlint markdownlint markdownlint-cli2 mdl vale proselint textlint alex write-good
  codespell typos cspell aspell hunspell lychee linkcheck sqlfluff sqlfmt taplo dprint treefmt editorconfig-checker ec gitleaks trufflehog
  semgrep trivy grype syft snyk_ osv-scanner cosign_ dive doxygen pandoc pdflatex xelatex lualatex latexmk bibtex biber asciidoctor hugo zola mdbook
  plantuml mmdc dot neato gnuplot convert magick mogrify ffmpeg sox inkscape optipng pngquant jpegoptim cwebp svgo exiftool_ wasm-pack wasm-bindgen
  wasm-opt wasm2wat wat2wasm emcc emmake emcmake cargo-watch cross trunk maturin just task mage earthly dagger invoke inv watchman entr tox-uv
  ccache sccache diffstat ctags cscope gperf flex bison yacc lex m4 gettext msgfmt xgettext envsubst gprof gcov lcov genhtml
  kcov valgrind_ hotspot criterion autocannon wrk ab hey k6 vegeta locust artillery lighthouse lhci pa11y axe backstop percy chromatic_ loki
  sequelize_ prisma_ drizzle-kit_ typeorm_ knex_ graphql-codegen openapi-generator openapi-generator-cli redocly spectral swagger-cli
  quicktype json2ts jsonlint ajv jsonschema tstyche attw publint arethetypeswrong pkg-config ldconfig_ which_ git-cliff conventional-changelog
  standard-version_ auto-changelog cloc_ asdf_ mise_ volta_ pyenv_ rbenv_ sdk_ jenv n_ degit create-react-app create-vite
  cppcheck scan-build bear gcovr uncrustify astyle indent iwyu include-what-you-use llvm-cov llvm-profdata llvm-config dsymutil
  lipo libtoolize aclocal autoheader qmake moc uic swig rpcgen bindgen cbindgen cargo-nextest cargo-deny cargo-audit cargo-machete
  tarpaulin miri gotestsum gotests gofumpt golint revive errcheck ineffassign govulncheck sqlc ko_ air reflex oapi-codegen ent templ
  ruff-lsp pylsp basedpyright pytype pyflakes pycodestyle pydoc coverage interrogate darglint refurb docformatter pyupgrade
  reorder-python-imports slipcover mutmut hypothesis behave robot nbstripout papermill marimo bokeh panel solara chainlit langgraph
  phan phplint deptrac box paratest codecept behat phpbench pint rubocop-rails slim-lint haml-lint erb_lint fasterer bundle-audit
  annotate zeitwerk ktor kscript scalafmt scalafix coursier_ cs_ amm wartremover elvis erlfmt hank credo dialyxir
  stylua selene luacheck busted_ ldoc perltidy perlcritic prove_ nimpretty fourmolu weeder ghcid hoogle ocp-indent odoc refmt
  bsc rescript rescript-legacy coffee livescript haxe hxml elm-live idris agda coqc lean lake isabelle tlc racket-langserver
  lintr styler quarto bookdown knitr_ tectonic chktex lacheck latexindent texcount pdftk qpdf ghostscript gs typst
  vhs asciinema ttyrec terminalizer svg-term imagemin tinypng spritesmith msdfgen blender_ godot unity_ fontforge pyftsubset
  subl idea webstorm goland pycharm charm rustrover clion mate atom zed
  create-next-app cookiecutter yo tsx_ nest nx-cloud capacitor cap_ ionic cordova electron electron-builder electron-forge tauri
`
  .split(/\s+/)
  .filter((name) => name !== "" && !name.endsWith("_"));

const RUNNERS: Readonly<Record<string, VerbTool>> = {
  cargo: {
    valued: [
      "-p",
      "--package",
      "--target",
      "-j",
      "--features",
      "--manifest-path",
      "--bin",
      "--example",
      "--test",
      "-Z",
      "--color",
    ],
    others: [
      [/^(publish|yank|owner)( |$)/, "publish"],
      [/^(login|logout)( |$)/, "write-startup"],
      [/^(install|uninstall|binstall)( |$)/, "system-packages"],
    ],
    deed: "build",
    also: (call) => {
      commandOptions(call, /^(-s|--shell|-x|--exec)$/);
      for (const arg of call.args)
        if (
          /^(--config=)?[\w.-]*(wrapper|runner|linker|alias|rustc|rustdoc)[\w.-]*\s*=/.test(
            arg.text,
          )
        )
          call.report("run-hook", `cargo runs ${arg.text}`);
    },
  },
  go: {
    others: [
      [/^install \S*(@|\.\w+\/)/, "system-packages"],
      [/^(get -g)/, "system-packages"],
      [/^env$/, "read"],
      [/^run https?:/, "run-downloaded"],
    ],
    deed: "build",
    also: goTools,
  },
  mix: {
    others: [
      [/(^|[ ,])(hex\.(publish|retire)|[\w.]+\.publish)( |$)/, "publish"],
      [/^(ecto\.(drop|reset|rollback)|ash\.reset)/, "database-change"],
    ],
    deed: "build",
  },
  dotnet: {
    others: [
      [/^(nuget push|nuget delete|pack --push)/, "publish"],
      [/^tool (install|uninstall|update).*(-g|--global)?/, "system-packages"],
      [/^ef database (drop|update)/, "database-change"],
    ],
    deed: "build",
  },
  nuget: { others: [[/^(push|delete)/, "publish"]], deed: "build" },
  gem: {
    reads:
      /^(list|search|info|env|environment|which|contents|outdated|help|specification|dependency)/,
    others: [
      [/^(push|yank|owner|signin)/, "publish"],
      [/^build/, "build"],
    ],
    deed: "system-packages",
  },
  bundle: {
    others: [
      [/^(config)( |$)/, "write"],
      [/^(exec rake release)/, "publish"],
    ],
    deed: "build",
    also: execRest(["exec"]),
  },
  bundler: { deed: "build", also: execRest(["exec"]) },
  composer: { others: [[/^(global)( |$)/, "system-packages"]], deed: "build" },
  php_artisan: { deed: "build" },
  poetry: {
    others: [
      [/^publish/, "publish"],
      [/^(config)( |$)/, "write-startup"],
      [/^self/, "system-packages"],
    ],
    deed: "build",
    also: execRest(["run"]),
  },
  pdm: { others: [[/^publish/, "publish"]], deed: "build", also: execRest(["run"]) },
  hatch: { others: [[/^publish/, "publish"]], deed: "build", also: hatchRun },
  rye: {
    others: [
      [/^publish/, "publish"],
      [/^(install|uninstall|self)/, "system-packages"],
    ],
    deed: "build",
    also: execRest(["run"]),
  },
  pipenv: { deed: "build", also: execRest(["run"]) },
  flit: { others: [[/^publish/, "publish"]], deed: "build" },
  twine: { reads: /^check/, deed: "publish" },
  conda: {
    reads: /^(list|info|env list|search|config --show|compare)/,
    builds: /^(create|activate|deactivate|env (create|export)|run)/,
    deed: "system-packages",
  },
  mamba: {
    reads: /^(list|info|env list|search)/,
    builds: /^(create|activate|env (create|export)|run)/,
    deed: "system-packages",
  },
  pipx: { reads: /^(list|environment)/, others: [[/^run/, "build"]], deed: "system-packages" },
  mvn: {
    others: [
      [/(^| )(deploy|release:\w+|site-deploy|nexus-staging:\w+)( |$)/, "publish"],
      [/(flyway|liquibase):(clean|dropAll|migrate|undo)/, "database-change"],
    ],
    deed: "build",
  },
  mvnw: { others: [[/(^| )deploy( |$)/, "publish"]], deed: "build" },
  gradle: {
    others: [[/(^| )\S*(publish|uploadArchives|bintrayUpload|deploy)\S*( |$)/i, "publish"]],
    deed: "build",
  },
  sbt: { others: [[/publish|release/, "publish"]], deed: "build" },
  lein: { others: [[/^deploy/, "publish"]], deed: "build" },
  swift: { deed: "build" },
  pod: {
    reads: /^(outdated|list|search|env)/,
    others: [[/^trunk push|^repo push/, "publish"]],
    deed: "build",
  },
  carthage: { deed: "build" },
  fastlane: {
    others: [[/(deliver|pilot|release|upload|deploy|beta|supply|match)/, "publish"]],
    deed: "build",
  },
  dart: {
    others: [
      [/^pub publish/, "publish"],
      [/^pub global/, "system-packages"],
    ],
    deed: "build",
  },
  flutter: {
    others: [
      [/^pub publish/, "publish"],
      [/^(upgrade|channel|config)/, "system-packages"],
    ],
    deed: "build",
  },
  opam: {
    reads: /^(list|show|search|switch list|env|config|lint)/,
    builds: /^exec/,
    deed: "system-packages",
    also: execRest(["exec"]),
  },
  cabal: { others: [[/^upload/, "publish"]], deed: "build" },
  stack: { others: [[/^upload/, "publish"]], deed: "build" },
  rebar3: { others: [[/^hex publish/, "publish"]], deed: "build" },
  nimble: { others: [[/^publish/, "publish"]], deed: "build" },
  shards: { deed: "build" },
  luarocks: {
    reads: /^(list|search|show|path)/,
    others: [
      [/^upload/, "publish"],
      [/^make|^build|^test|^lint/, "build"],
    ],
    deed: "system-packages",
  },
  cpanm: { deed: "system-packages" },
  cpan: { deed: "system-packages" },
  vsce: { reads: /^(ls|package|verify-pat|show)/, deed: "publish" },
  ovsx: { deed: "publish" },
  "semantic-release": { dry: ["--dry-run", "-d"], deed: "publish" },
  "release-it": { dry: ["--dry-run"], deed: "publish" },
  np: { dry: ["--preview"], deed: "publish" },
  "standard-version": { dry: ["--dry-run"], deed: "git-local" },
  changeset: { others: [[/^publish/, "publish"]], deed: "build" },
  lerna: {
    reads: /^(ls|list|changed|diff|info)/,
    others: [
      [/^publish/, "publish"],
      [/^version/, "git-push"],
    ],
    deed: "build",
    also: tasks,
  },
  goreleaser: {
    reads: /^(check|healthcheck|jsonschema)/,
    builds: /^build/,
    dry: ["--snapshot", "--skip-publish"],
    deed: "publish",
  },
  hardhat: { others: [[/deploy|ignition/, "infra-change"]], deed: "build" },
  truffle: { others: [[/migrate|deploy/, "infra-change"]], deed: "build" },
  "kill-port": { deed: "process-kill" },
  fkill: { deed: "process-kill" },
  "fkill-cli": { deed: "process-kill" },
  rails: {
    others: [
      [
        /^(db:(drop|reset|setup|migrate:reset|rollback|truncate_all|purge|seed:replant)|destroy)|db:drop/,
        "database-change",
      ],
      [/^credentials/, "read-secret"],
    ],
    deed: "build",
    also: (call, read, words) => {
      if (/^(runner|r) /.test(words))
        frameworkCode(call, { ...read, operands: read.operands.slice(1) });
      else if (/^(console|c|dbconsole|db)$/.test(words)) frameworkCode(call, readOptions([]));
    },
  },
  rake: {
    others: [[/db:(drop|reset|purge|rollback|truncate)/, "database-change"]],
    deed: "build",
    also: tasks,
  },
  artisan: { deed: "build" },
  prisma: {
    others: [
      [/^(migrate (reset|deploy|resolve)|db (push|execute))/, "database-change"],
      [/^(studio|format|validate|generate|version)/, "build"],
    ],
    deed: "build",
  },
  sequelize: {
    others: [[/^db:(drop|migrate:undo\S*|seed:undo\S*)/, "database-change"]],
    deed: "build",
  },
  "sequelize-cli": { others: [[/^db:(drop|migrate:undo\S*)/, "database-change"]], deed: "build" },
  typeorm: {
    others: [[/^(schema:drop|migration:revert|query)/, "database-change"]],
    deed: "build",
  },
  "drizzle-kit": { others: [[/^(drop|push)/, "database-change"]], deed: "build" },
  knex: { others: [[/^(migrate:(rollback|down)|seed:run)/, "database-change"]], deed: "build" },
  alembic: { others: [[/^(downgrade|stamp)/, "database-change"]], deed: "build" },
  flyway: { reads: /^(info|validate)/, deed: "database-change" },
  liquibase: { reads: /^(status|validate|history|diff)/, deed: "database-change" },
  dbmate: {
    reads: /^(status)/,
    builds: /^(new|up|migrate|create|wait|dump)/,
    deed: "database-change",
  },
  expo: { others: [[/^(publish|submit|upload)/, "publish"]], deed: "build" },
  eas: { others: [[/^(submit|update|channel|branch)/, "publish"]], deed: "build" },
  mkdocs: { others: [[/^gh-deploy/, "publish"]], deed: "build" },
  "gh-pages": { deed: "publish" },
  husky: { deed: "write-startup" },
  chromatic: { deed: "send-data" },
  snyk: { reads: /^(test|monitor --dry|ignore|code test|--version)/, deed: "send-data" },
  jupyter: { others: [[/^(notebook|lab|server)/, "build"]], deed: "build" },
  pm2: {
    reads: /^(list|ls|status|logs|show|info|describe|monit|jlist|prettylist)( |$)/,
    builds: /^(start|reload|restart|save|startOrReload)( |$)/,
    others: [
      [/^(delete|stop|kill)/, "process-kill"],
      [/^(startup|unstartup|deploy)/, "persistence"],
    ],
    deed: "process-kill",
  },
  rustup: {
    reads: /^(show|which|doc|toolchain list|target list|component list|check)/,
    builds: /^(run|override)/,
    deed: "system-packages",
  },
  asdf: {
    reads: /^(list|current|where|which|info|latest)/,
    builds: /^(local|exec|reshim)/,
    deed: "system-packages",
  },
  mise: {
    reads: /^(ls|list|current|which|doctor|env|tasks)/,
    builds: /^(run|exec|x)( |$)/,
    deed: "system-packages",
  },
  pyenv: {
    reads: /^(versions?|which|whence|root)/,
    builds: /^(local|exec|shell|rehash)/,
    deed: "system-packages",
  },
  rbenv: {
    reads: /^(versions?|which|whence|root)/,
    builds: /^(local|exec|shell|rehash)/,
    deed: "system-packages",
  },
  nvm: {
    reads: /^(ls|list|ls-remote|current|which|version|version-remote|use|run|exec|alias$)( |$)/,
    deed: "system-packages",
  },
  fnm: { reads: /^(list|ls|current|use|env|exec|which)( |$)/, deed: "system-packages" },
  pixi: {
    reads: /^(list|info|search|tree|task list)/,
    others: [[/^(global|self-update|upload|publish)/, "system-packages"]],
    deed: "build",
  },
  cucumber: { deed: "build" },
  verilator: { deed: "build" },
  volta: { reads: /^(list|which)/, builds: /^run/, deed: "system-packages" },
  sdk: { reads: /^(list|current|version)/, deed: "system-packages" },
  nix: {
    reads: /^(search|show-config|flake (show|metadata|check)|eval|log|why-depends|path-info)/,
    builds: /^(build|develop|run|shell|fmt|flake (update|lock|init))/,
    deed: "system-packages",
  },
  "nix-shell": { deed: "build", also: (call) => commandOptions(call, /^--(run|command)$/) },
  "nix-build": { deed: "build" },
  brew: {
    reads:
      /^(list|ls|info|search|outdated|doctor|config|deps|uses|leaves|home|log|cat|desc|--prefix|services list)( |$)|^$/,
    deed: "system-packages",
  },
  port: { reads: /^(list|info|search|installed|outdated)/, deed: "system-packages" },
  ...Object.fromEntries(
    [
      "apt",
      "apt-get",
      "aptitude",
      "yum",
      "dnf",
      "microdnf",
      "zypper",
      "apk",
      "pacman",
      "yay",
      "paru",
      "emerge",
      "xbps-install",
      "snap",
      "flatpak",
      "pkg",
      "pkgin",
      "tdnf",
      "rpm-ostree",
      "choco",
      "scoop",
      "winget",
      "guix",
      "eopkg",
      "urpmi",
      "slackpkg",
      "opkg",
    ].map((name): [string, VerbTool] => [
      name,
      {
        reads:
          /^(list|search|show|info|policy|provides|whatprovides|repolist|changelog|depends|rdepends|check-update|history|find|known|installed|-Q\w*|-Ss|query|why)( |$)/,
        dry: [
          "-s",
          "--simulate",
          "--dry-run",
          "--just-print",
          "--assumeno",
          "-Q",
          "-Qi",
          "-Ql",
          "-Ss",
          "-Si",
        ],
        deed: "system-packages",
      },
    ]),
  ),
  dpkg: {
    dry: [
      "-l",
      "-L",
      "-s",
      "-S",
      "--list",
      "--status",
      "--get-selections",
      "-I",
      "-c",
      "--print-architecture",
      "--listfiles",
      "--search",
    ],
    deed: "system-packages",
  },
  "dpkg-query": { deed: "read" },
  "apt-cache": { deed: "read" },
  "apt-mark": { reads: /^show/, deed: "system-packages" },
  "apt-key": { reads: /^(list|finger)/, deed: "system-packages" },
  "add-apt-repository": { deed: "system-packages" },
  rpm: { dry: ["-q", "-qa", "-ql", "-qi", "-qf", "--query", "-V"], deed: "system-packages" },
  "update-alternatives": {
    dry: ["--list", "--display", "--query", "--get-selections"],
    deed: "system-packages",
  },
  softwareupdate: { dry: ["-l", "--list"], deed: "system-packages" },
};

export const packages = new Map<string, Judge>([
  ...[...MORE_BUILDERS, ...BUILDERS].map((name): [string, Judge] => [name, build]),
  ...Object.entries(RUNNERS).map(([name, tool]): [string, Judge] => [name, verbTool(tool)]),
  ["npm", node],
  ["pnpm", node],
  ["yarn", node],
  ["bun", node],
  ["cnpm", node],
  ["npx", execute],
  ["bunx", execute],
  ["pnpx", execute],
  ["dlx", execute],
  ["uvx", execute],
  ["pip", pip],
  ["pip3", pip],
  ["uv", uv],
  ["make", make],
  ["gmake", make],
  ["java", java],
  ["corepack", corepack],
  ["cross-env", crossEnv],
  ["cross-env-shell", crossEnv],
]);

function build(call: Call): Stream {
  call.report("build", `${call.name} works on the project`);
  commandOptions(call);
  if (!TAKES_PATTERNS.test(call.name)) handedOn(call, mayBeCommand);
  foreignFiles(call);
  tasks(call);
  if (INSTALLERS.test(call.name))
    installs(call, readOptions(call.args, { valued: ["-C", "-B"] }).operands);
  for (const arg of call.args) {
    const [, out] =
      /^(?:--?(?:output|out|o|outfile|out-dir|outdir|output-file))=(.+)$/.exec(arg.text) ?? [];
    if (out !== undefined) tell(call, writing(call.target({ ...arg, text: out })));
  }
  const at = call.args.findIndex((arg) =>
    /^(-o|--output|--outfile|--out-dir|--outdir)$/.test(arg.text),
  );
  const file = at < 0 ? undefined : call.args[at + 1];
  if (file !== undefined && /[/.]/.test(file.text)) tell(call, writing(call.target(file)));
  return UNKNOWN;
}

/** Build files from elsewhere: what they make a tool run is not the project's own. */
function foreignFiles(call: Call): void {
  const files = readOptions(call.args, { valued: BUILD_FILES }).values(...BUILD_FILES);
  for (const file of files) {
    if (!isKnown(file))
      call.report("run-unresolved", `${call.name} reads a file that is not known`);
    if (!/[/~]/.test(file.text)) continue;
    const { area, path } = call.target(file);
    if (area === "scratch" || area === "outside")
      call.report("run-unresolved", `${call.name} runs what ${path} says`, path);
  }
}

const BUILD_FILES = [
  "-f",
  "--file",
  "--makefile",
  "-P",
  "-I",
  "--init-script",
  "--rakefile",
  "--justfile",
  "--taskfile",
  "--build-file",
];

function execRest(verbs: readonly string[]): NonNullable<VerbTool["also"]> {
  return (call, _read, words) => {
    const verb = verbs.find((one) => words.startsWith(`${one} `));
    if (verb === undefined) return;
    const after = call.args.slice(call.args.findIndex((arg) => arg.text === verb) + 1);
    const rest = after[0]?.text === "--" ? after.slice(1) : after;
    // One word is a task of the project's own, or a program without anything to work on.
    if (verb === "run" && rest.length === 1) call.report("build", `${call.name} ${words}`);
    else call.run(rest, { via: `${call.name} ${verb}` });
  };
}

/** `run test:cov` is a script of an environment, and no program. */
function hatchRun(call: Call, read: ReturnType<typeof readOptions>, words: string): void {
  if (read.operands[1]?.text.includes(":") !== true) execRest(["run"])(call, read, words);
}

function goTools(call: Call, _read: ReturnType<typeof readOptions>, words: string): void {
  for (const arg of call.args) {
    const [, program] = /^--?(?:exec|toolexec)=(.+)$/.exec(arg.text) ?? [];
    if (program !== undefined) call.runText({ ...arg, text: program }, { via: "go -exec" });
  }
  if (
    /^env -[wu]/.test(call.args.map((arg) => arg.text).join(" ")) ||
    (words.startsWith("env") && call.args.some((arg) => arg.text === "-w"))
  )
    call.report("write-startup", "changes go's settings");
}

const NODE_READS =
  /^(ls|list|la|ll|view|info|show|search|outdated|audit|why|explain|config (get|list|ls)|root|prefix|bin|help|ping|whoami|doctor|fund|query|licenses|cache (verify|ls|list)|pkg get|owner ls|access (list|get)|dist-tag (ls|list)|profile get|token list|team ls|org ls|docs|home|repo|bugs|diff|sbom|completion|npm-version|workspaces (list|info)|constraints query|sort|version --json)( |$)/;
const NODE_PUBLISHES =
  /^(publish|unpublish|deprecate|undeprecate|dist-tag|owner|access|token|team|org|star|unstar|profile|hook|adduser|login|logout|stage|trust|npm publish|npm tag|npm (login|logout)|npm audit signatures-x|changeset publish|lerna publish)( |$)/;
const NODE_VALUED = [
  "-C",
  "--prefix",
  "--dir",
  "--cwd",
  "-w",
  "--workspace",
  "--filter",
  "-F",
  "--registry",
  "--loglevel",
  "--userconfig",
  "--script-shell",
  "-c",
  "--call",
  "--depth",
  "--tag",
  "--otp",
  "--package",
  "-p",
];

function node(call: Call): Stream {
  const leading = readOptions(call.args, {
    leading: true,
    valued: NODE_VALUED.filter((one) => one !== "-p"),
  });
  const read = readOptions(call.args, { valued: NODE_VALUED });
  const operands = leading.operands.filter((one) => !one.text.startsWith("-"));
  const words = operands
    .slice(0, 3)
    .map((one) => one.text)
    .join(" ");
  const [verb, second] = operands;
  const name = verb?.text ?? "";
  const shell = read.value("--script-shell");
  if (shell !== undefined) {
    call.report("run-hook", "runs scripts with another shell");
    call.runText(shell, { via: `${call.name} --script-shell` });
  }
  if (/^(exec|x|dlx|create|init)$/.test(name) && (name !== "init" || second !== undefined))
    return executeWords(call, name, read);
  if (read.has("-c", "--call") && name === "") return executeWords(call, "exec", read);
  ownScripts(call);
  if (call.name === "bun" && runsFile(call, name === "run" ? operands.slice(1) : operands))
    return UNKNOWN;
  if (/^(run|run-script|rum|urn)$/.test(name)) return runScript(call, second);
  call.report(deedOf(call, name, words, read), `${call.name} ${words}`.trim());
  if (/^(config|c|set)$/.test(name) && /^(set|delete|rm|edit|fix)$/.test(second?.text ?? "set"))
    call.report("write-startup", `${call.name} config changes settings`);
  if (name === "pkg" && second?.text === "set") packageSet(call, operands.slice(2));
  if (
    call.name === "bun" &&
    (name === "-e" || name === "-p" || read.has("-e", "--eval", "-p", "--print"))
  )
    bunCode(call);
  return UNKNOWN;
}

/** The scripts of a package.json that this very text wrote. */
function ownScripts(call: Call): void {
  const { text } = call.scope.made.files.get(call.target(field("package.json")).path) ?? {};
  for (const [, script = ""] of text?.matchAll(/"[\w:.-]+"\s*:\s*"((?:[^"\\]|\\.)*)"/g) ?? [])
    if (/\s/.test(script))
      call.runText(field(script.replace(/\\(.)/g, "$1")), { via: `${call.name} run` });
}

/** `bun x.ts` is what `node x.ts` is. */
function runsFile(call: Call, operands: readonly Field[]): boolean {
  const [script] = operands;
  const given = script?.text === "-" || /\.[cm]?[jt]sx?$/.test(script?.text ?? "");
  if (!given && (script !== undefined || call.stdin.origin === "none")) return false;
  if (script === undefined && call.args.length > 0) return false;
  call.run([field("node"), ...operands], { via: "bun" });
  return true;
}

function bunCode(call: Call): void {
  const at = call.args.findIndex((arg) => /^(-e|--eval|-p|--print)$/.test(arg.text));
  call.run([field("node"), ...call.args.slice(at)], { via: "bun" });
}

function deedOf(
  call: Call,
  name: string,
  words: string,
  read: ReturnType<typeof readOptions>,
): "read" | "build" | "publish" | "system-packages" | "infra-change" | "run-downloaded" {
  if (name === "" || NODE_READS.test(words)) return "read";
  if (NODE_PUBLISHES.test(words) || /(^| )npm publish/.test(words))
    return read.has("--dry-run") ? "read" : "publish";
  if (name === "deploy" && call.name === "pnpm") return "infra-change";
  const wide = read.has("-g", "--global") || name === "global" || read.has("--location");
  if (
    wide &&
    /^(i|in|install|add|ci|rm|remove|uninstall|un|r|update|up|upgrade|link|global)$/.test(name)
  )
    return "system-packages";
  const adds = /^(i|in|install|add)$/.test(name);
  if (adds && read.operands.slice(1).some((one) => /^https?:(?!.*\.git(#|$))/.test(one.text)))
    return "run-downloaded";
  if (adds && read.operands.slice(1).some((one) => /^(https?:|git\+|git:|ssh:)/.test(one.text)))
    return "system-packages";
  if (/^(self-update|set version|upgrade)$/.test(words) && call.name !== "yarn") return "build";
  // yarn and pnpm run a script by its bare name.
  if (
    (call.name === "yarn" || call.name === "pnpm" || call.name === "bun") &&
    deploys(name) &&
    !read.has("--dry-run")
  )
    return "infra-change";
  return "build";
}

function runScript(call: Call, script: Field | undefined): Stream {
  if (script === undefined) call.report("read", "lists scripts");
  else if (!isKnown(script)) call.report("run-unresolved", "which script runs is known only then");
  else if (deploys(script.text) && !call.args.some((arg) => /^--?(dry-run|check)$/.test(arg.text)))
    call.report("infra-change", `runs the script ${script.text}`);
  else if (dropsData(script.text)) call.report("database-change", `runs the script ${script.text}`);
  else call.report("build", `runs the script ${script.text}`);
  return UNKNOWN;
}

/** `npm exec`, `yarn dlx`: what follows is a command. */
function executeWords(call: Call, verb: string, read: ReturnType<typeof readOptions>): Stream {
  const at = call.args.findIndex((arg) => arg.text === verb);
  if (verb === "create" || verb === "init") {
    call.report("build", `${call.name} ${verb}`);
    return UNKNOWN;
  }
  const [first] = call.args.slice(at + 1);
  const text = at < 0 || first?.text.startsWith("-") ? read.value("-c", "--call") : undefined;
  if (text !== undefined) return call.runText(text, { via: `${call.name} ${verb}` });
  return execute({ ...call, args: call.args.slice(at + 1) });
}

function execute(call: Call): Stream {
  const read = readOptions(call.args, {
    leading: true,
    valued: ["-p", "--package", "-c", "--call", "--from", "--with", "--python"],
  });
  call.report("shell-state", `${call.name} runs a package's program`);
  const text = read.value("-c", "--call");
  if (text !== undefined) return call.runText(text, { via: call.name });
  const [program, ...rest] = read.operands;
  if (program === undefined) {
    call.report("read", `${call.name} tells about itself`);
    return UNKNOWN;
  }
  if (/^(https?:|git\+|github:|git@)/.test(program.text)) {
    call.report("run-downloaded", `runs ${program.text}`);
    return UNKNOWN;
  }
  // `@scope/name@1.2` and `name@latest` are the program `name`.
  const bare = program.text.replace(/(.)@[^/@]*$/, "$1").replace(/^@[^/]+\//, "");
  return call.run([{ ...program, text: bare }, ...rest], { via: call.name });
}

function packageSet(call: Call, pairs: readonly Field[]): void {
  for (const pair of pairs) {
    const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(pair.text) ?? [];
    if (name.startsWith("scripts.")) call.runText({ ...pair, text: value }, { via: `npm ${name}` });
  }
}

function pip(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: [
      "-r",
      "--requirement",
      "-c",
      "-i",
      "--index-url",
      "--extra-index-url",
      "-t",
      "--target",
      "-e",
      "--editable",
      "-f",
      "--prefix",
    ],
  });
  const [verb, ...what] = read.operands;
  const name = verb?.text ?? "";
  if (
    /^(list|show|freeze|check|search|index|inspect|debug|help|config|cache|download|wheel|hash|)$/.test(
      name,
    )
  ) {
    call.report(
      name === "config" && /^(set|unset|edit)$/.test(what[0]?.text ?? "")
        ? "write-startup"
        : "read",
      `pip ${name}`,
    );
    return UNKNOWN;
  }
  const foreign =
    what.some((one) => /^(https?:|git\+|ftp:|svn\+|hg\+)/.test(one.text) || / @ /.test(one.text)) ||
    read.has("--index-url", "-i", "--extra-index-url", "--trusted-host");
  const wide = read.has(
    "--user",
    "--break-system-packages",
    "--prefix",
    "--root",
    "-t",
    "--target",
  );
  const downloaded = what.some((one) => /^(https?|ftp):/.test(one.text));
  call.report(
    downloaded ? "run-downloaded" : foreign || wide ? "system-packages" : "build",
    `pip ${name}`,
  );
  return UNKNOWN;
}

function uv(call: Call): Stream {
  const [verb, ...rest] = readOptions(call.args, {
    leading: true,
    valued: ["--project", "--directory", "--python", "-p"],
  }).operands;
  const name = verb?.text ?? "";
  if (name === "pip") return pip({ ...call, args: rest });
  if (name === "publish") call.report("publish", "uv publish");
  else if (
    /^(self|python)$/.test(name) ||
    (name === "tool" && /^(install|uninstall|upgrade)$/.test(rest[0]?.text ?? ""))
  )
    call.report("system-packages", `uv ${name}`);
  else call.report("build", `uv ${name}`);
  if (name === "run" || (name === "tool" && rest[0]?.text === "run")) {
    const inner = readOptions(name === "run" ? rest : rest.slice(1), {
      leading: true,
      valued: ["--with", "--python", "-p", "--extra", "--group", "--package", "--env-file"],
    });
    if (inner.operands.length > 0) call.run(inner.operands, { via: "uv run" });
  }
  return UNKNOWN;
}

function make(call: Call): Stream {
  const read = readOptions(call.args, {
    valued: ["-f", "--file", "--makefile", "-C", "--directory", "-j", "-I", "-o", "-W", "-l"],
  });
  const file = read.value("-f", "--file", "--makefile");
  call.report("build", "make works on the project");
  foreignFiles(call);
  if (file?.text === "-" || file?.text === "/dev/stdin") recipe(call, call.stdin);
  else if (file?.stream !== undefined) recipe(call, file.stream);
  else if (file !== undefined) made(call, file);
  else for (const name of ["Makefile", "makefile", "GNUmakefile"]) made(call, field(name));
  for (const each of read.operands) {
    const [, shell] = /^(?:SHELL|\.SHELLFLAGS)\s*[:?]?=(.*)$/s.exec(each.text) ?? [];
    if (shell !== undefined) {
      call.report("run-hook", "make uses another shell");
      call.runText({ ...each, text: shell }, { via: "make SHELL=" });
    }
    if (deploys(each.text) && !read.has("-n", "--dry-run", "--just-print"))
      call.report("infra-change", `make ${each.text}`);
    if (dropsData(each.text)) call.report("database-change", `make ${each.text}`);
  }
  installs(call, read.operands);
  if (read.operands.some((one) => !isKnown(one) && !one.text.includes("=") && one.text === HOLE))
    call.report("run-unresolved", "which target make builds is known only when it runs");
  for (const text of read.values("--eval"))
    recipe(call, { origin: "literal", secret: false, text: text.text });
  return UNKNOWN;
}

/** Into the machine, unless a folder of the project's own is named for it. */
function installs(call: Call, operands: readonly Field[]): void {
  const words = call.args.map((arg) => arg.text);
  const verb =
    operands.some((one) => /^(un)?install([-_](strip|bin|system|all|global))?$/.test(one.text)) ||
    words.some(
      (word, at) => word === "--install" || (word === "install" && words[at - 1] === "--target"),
    );
  if (!verb) return;
  const to = words
    .map(
      (word, at) =>
        /^(?:DESTDIR|PREFIX|prefix|--prefix|--destdir)=(.*)$/.exec(word)?.[1] ??
        (/^--(prefix|destdir)$/.test(word) ? words[at + 1] : undefined),
    )
    .find((word) => word !== undefined);
  if (to === undefined) call.report("system-packages", `${call.name} installs into the machine`);
  else tell(call, writing(call.target(field(to))));
}

const INSTALLERS = /^(ninja|meson|cmake|scons|waf|samu|xmake|autotools)$/;

function made(call: Call, file: Field): void {
  const stream = call.scope.made.files.get(call.target(file).path);
  if (stream !== undefined) recipe(call, stream);
}

/** A recipe's variables as the shell's, without make's own marks. */
function shellText(command: string): string {
  return command
    .trim()
    .replace(/^[@+-]+/, "")
    .replace(/\$\(([A-Z_]+)\)/g, "$${$1}")
    .replaceAll("$$", "$");
}

const MAX_LINE = 2_000;

/** The recipe lines of a makefile that this text wrote. */
function recipe(call: Call, stream: Stream): void {
  if (stream.text === undefined) {
    call.runStream(stream, { via: "make" });
    return;
  }
  for (const line of stream.text.split(/\\?\n/)) {
    if (line.length > MAX_LINE) {
      call.report("run-unresolved", "a line of a makefile that is too long to read");
      continue;
    }
    const [, inline] = /^[^\t#=]*:[^=].*?;(.*)$|^$/.exec(line) ?? [];
    const command = line.startsWith("\t")
      ? line
      : (inline ?? /^[^\t#=:]*:[^=;]*;(.*)$/.exec(line)?.[1]);
    if (command !== undefined) call.runText(field(shellText(command)), { via: "make" });
    const [, shelled] = /\$\(shell (.*)\)/.exec(line) ?? [];
    if (shelled !== undefined) call.runText(field(shelled), { via: "make" });
  }
}

function java(call: Call): Stream {
  const agent = call.args.some((arg) =>
    /^-(javaagent|agentpath|agentlib|XX:OnError|XX:OnOutOfMemoryError)/.test(arg.text),
  );
  call.report(agent ? "run-hook" : "build", "runs a Java program");
  return UNKNOWN;
}

function corepack(call: Call): Stream {
  const [first] = call.args;
  if (/^(enable|disable|install|prepare|up|use|hydrate|pack|cache)$/.test(first?.text ?? "")) {
    call.report("system-packages", `corepack ${first?.text ?? ""}`);
    return UNKNOWN;
  }
  call.report("shell-state", "corepack runs a package manager");
  return call.args.length === 0 ? UNKNOWN : call.run(call.args, { via: "corepack" });
}

function crossEnv(call: Call): Stream {
  const first = call.args.findIndex((arg) => !/^[A-Za-z_]\w*=/.test(arg.text));
  call.report("shell-state", "sets variables for a command");
  for (const arg of first < 0 ? call.args : call.args.slice(0, first)) {
    const [name = "", ...value] = arg.text.split("=");
    call.variable(name, { ...arg, text: value.join("=") });
  }
  return first < 0 ? UNKNOWN : call.run(call.args.slice(first), { via: call.name });
}
