/** Programs that are known by name only: no word of theirs makes a difference. */

const names = (text: string): readonly string[] => text.split(/\s+/).filter((name) => name !== "");

/** They work on the project's files, or simulate, measure and serve on this machine. */
export const MORE_BUILDERS = names(`
  alejandra antlr4 apktool autopoint bacon bashunit bench benchstat bloop browser-sync bru btm buildifier bundletool c3c cairosvg
  chroma circom cmakelint cmark codeql codecov-cli  conda-lock conftest consul-template container-structure-test copier
  cproto cppclean crystalline csvkit cyclonedx-npm cyclonedx-py d2 datasette dep detox devcontainer devenv devspace devbox dhall
  djlint doctoc docusaurus doit dotenv-linter dpkg-buildpackage dtc dune-release  earthly eleventy elm-land encore es-check
  esptool esptool.py eslint_d exercism fastapi fastqc flatc fpm freeze fractal fumadocs gdal_translate gem2deb gendiff ghdl
  gifsicle ginkgo gitlint glib-compile-schemas gmt go-bindata gocyclo godoc gource gradle-profiler  groff graphviz gst-launch-1.0
  gtk-update-icon-cache h2load hatchling helm-docs helm-unittest hexo honkit htmlhint htmltest htmlproofer hurl hydra hyx iasl
  icepack iconutil iverilog vvp jadx jar jarsigner javap jbang jdeps jlink jpackage jmeter jpegtran json5 jsonnet jsonnetfmt jupytext
  jupyter jwt karate kicad-cli kompose kubeval kube-linter kube-score kubeconform kubescape lame latexdiff libreoffice soffice licensed
  linkchecker lua-format luac luau-analyze maelstrom marp maturin mdbook-linkcheck mdformat melange melos memray mermaid metals
  minify mkcert_ mksquashfs mkdocs-material mockery mold monolith mprocs msgcat mypy_primer ngspice nextpnr-ice40 nf-core nextflow
  ng-packagr ngx-translate-extract nixfmt nixpkgs-fmt node-gyp node-pre-gyp nodeenv npm-check-updates ncu nuitka nvcc nvprof objcopy
  ocrmypdf odo_ openapi-typescript openscad opentofu_ oxipng openocd_ opa orval pack packwiz pagefind parallel-lint parquet-tools patchelf
  papermill pdal pdfcrop pdfjam pdfseparate pdftoppm pdfunite pg_format pgbench pgformatter phpmd pip-licenses pipdeptree pint platformio
  pio playwright-cli plink pngcrush pod2man ps2pdf podchecker popeye pprof prek prettierd procdump promtool protoc-gen-go protolint
  psqldef_ puppet-lint py-spy pycln pyinstrument pyoxidizer pytest-watch ptw python-config pyright-langserver qmk qmllint quartodoc
  quilt quickjs qjs rain re2c readme-md-generator redis-benchmark repomix reuse rgrep ripsecrets rpmbuild rpmlint rsvg-convert
  rust-analyzer rustywind samtools bcftools bwa bowtie2 multiqc blastn bedtools gatk picard salmon kallisto hisat2 seqtk seqkit plink2
  vcftools scala-cli scarb schemacrawler schemaspy schemathesis scrapy sd_ shellharden siege simavr snakemake snakefmt solhint
  sonar-scanner_ sourcery sphinx-autobuild sphinx-apidoc sqlboiler sqlite3_analyzer sqldiff squawk sqruff statix stress stress-ng
  structurizr stylish stryker swagger swagger-codegen swift-format swiftgen sysbench tabulate taurus bzt terraform-ls terrascan terracognita
  tesseract tex texi2pdf texi2any tidy tinygo tippecanoe tree-sitter tsc-watch tsc-alias tsdx tshark_ tslint tt ttx tuist txr typeshare
  uchardet unoconv unpaper unrtf upx vacuum vale-ls vals_ vhdlan verdaccio verible-verilog-lint vsim vips vivado vhs vue vue-tsc wabt
  waf wails wasm-objdump wasm-tools wasmer wasmtime watchdog watchmedo webhint hint webpack-bundle-analyzer west whisper wiremock wkhtmltopdf
  xcbeautify xcodegen xcpretty xcresulttool xelatex xgettext xmlformat xmlsec1 xsltproc yalc yamlfmt yamale yarn-deduplicate yosys
  zig-fmt zensical react-scripts craco quasar microbundle unbuild bunchee father umi rspack rsbuild rslib farm vike waku blitz redwood rw
  adonis strapi keystone eleventy docsify retype starlight nextra cdk8s cdktf pact gatling tsung dredd tavern kubent pluto datree
  nova goldilocks polaris litellm llama-cli llama-server llm ollama_ mlx_lm vllm_ wandb_ mlflow_ tensorboard dbt_ sqlmesh sqlite-utils
  marquez great_expectations kedro luigi metaflow dagster pytest-xdist bazelisk ibazel xvfb Xvfb ts-prune ts-node-dev tsimp swc-node
  vite-node vite-bundle-visualizer source-map-explorer bundle-phobia license-report licensee npm-run-path npm-which sort-package-json
  syncpack manypkg patch-package pnpm-deduplicate unimported ncc microdiff np-check clang-query clang-check include-what-you-use
  f2py cythonize gfortran fpm-fortran nasm yasm fasm avr-gcc arm-none-eabi-gcc arm-none-eabi-objcopy arm-none-eabi-size
  riscv64-unknown-elf-gcc idf.py ampy_ circuitpython platformio-ide gtkwave sby surelog slang cocotb-config fusesoc edalize
  exiv2 img2pdf jpegoptim svgcleaner svg2png rsvg potrace fc-cache fc-list woff2_compress pyftsubset ttfautohint
  ddev_ lando_ sail pest paratest composer-unused composer-require-checker php-cs-fixer rector ecs monorepo-builder box.phar phive_
  zizmor action-validator pinact ratchet checkmake mbake unmake remark textlint-cli alex lychee muffet hurlfmt tavern-ci
`).filter((name) => !name.endsWith("_"));

/** They ask, show or search, and change nothing. */
export const MORE_READERS = names(`
  addr2line algolia-search bcal btm c++filt choose cowthink ck clamscan clasp-status code-search ctop dbus-monitor deck-diff
  desktop-file-validate diffoscope dive dockle doggo dua echoprint exa exiv fclones fdupes feh figlet flarectl-show fq fx
  fzf fzy gdalinfo gh-dash ghq-list gitk git-gui gotop gping grex grepcidr gum_ getopt gojq hexyl hg_ hgrep hledger homeport hwinfo
  httpstat httprobe icdiff identify imgcat inotifywait ipcs istats jconsole jcmd_ jhat jinfo jless jmap jnv jp jps json_pp jstack
  jstat kcat_ kdiff3 kubespy kubetail lazydocker lazysql ledger lf_ lnav loc logcli lsix luac-list lsd lynx_ man2html meld
  mpc_ msginfo mysqlshow ncdu nebula-cert_ neofetch ngrep_ nm-online nkf notify-send terminal-notifier say nnn_ numbat
  nvidia-smi nvtop rocm-smi ogrinfo oha oq osqueryi oscap ov parallel_ passwdqc pdffonts pdfgrep pdfimages pdfinfo peco perldoc
  pg_activity pg_config pg_lsclusters pg_top pgmetrics pngcheck procs prqlc pspg pstree qalc ranger rdfind_ recode reg_ resolvectl_
  rg-fzf rgrep semver sensors showmount sigrok-cli sloc smem snort_ sinfo squeue sacct speedtest ssh-keyscan statgrab systemd-analyze
  systemd-cgls systemd-cgtop systemd-detect-virt systemd-resolve systemd-path systemd-escape taskell testssl testssl.sh tfupdate_
  tidy-viewer tig timew toast_ tokei trec tspin udevadm_ uuid uuidparse vgrep vivid vd visidata viu wakatime-cli wall_ when xan
  xdpyinfo xev_ xmessage xprop xplr yazi ydiff z3 zathura zprint 7zz_ abook_ bandwhich btop glances htop csvtk csvstat xsv
  webify mdless frogmouth hx_ mdv catimg chafa timg bcalc fend kalker rink units clifm joshuto fselect lsof lstopo hwloc-ls
  x86info dmidecode_ cpuid turbostat powertop_ i2cdetect usb-devices v4l2-ctl_ vainfo vulkaninfo glxinfo clinfo edid-decode fwts_
`).filter((name) => !name.endsWith("_"));
