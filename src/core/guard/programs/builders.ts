/** Build, test, lint, format: known by name, and their tasks by theirs. */
import type { Call } from "../call.ts";
import { writing } from "../deeds.ts";
import { type Stream, UNKNOWN } from "../field.ts";
import { readOptions } from "../options.ts";
import { foreignFiles } from "./build-files.ts";
import { mayBeCommand } from "./command-names.ts";
import { commandOptions, handedOn } from "./command-options.ts";
import { tell } from "./deleters.ts";
import { INSTALLERS, installs } from "./make.ts";
import { TAKES_PATTERNS, tasks } from "./tasks.ts";

/** Build, test, lint, format: whatever their words, they do to the workspace what its author set up. */
export const BUILDERS = `
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

export function build(call: Call): Stream {
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
