/** Files and folders that mean something: credentials, start-up files, the guard's own, what a build makes again. */

/** Folders and files that a build, a test run or a package manager makes again. */
const REGENERABLE = new Set(
  `node_modules dist cache build out target coverage bin obj tmp temp logs log .next .nuxt .cache .turbo
  .parcel-cache .vite .angular .svelte-kit .output .expo .docusaurus .astro .vercel .netlify .serverless
  __pycache__ .pytest_cache .mypy_cache .ruff_cache .tox .nox .venv venv .eggs htmlcov .hypothesis .ipynb_checkpoints
  storybook-static test-results playwright-report .nyc_output reports .gradle .kotlin DerivedData Pods .build _build
  .terraform .terragrunt-cache cdk.out .aws-sam .dart_tool .stack-work dist-newstyle zig-cache zig-out .zig-cache
  .wrangler .yarn-cache .pnpm-store .rollup.cache .eslintcache .stylelintcache .coverage .swc .sass-cache .bundle
  elm-stuff bazel-bin bazel-out bazel-testlogs cmake-build-debug cmake-build-release .tmp lib-cov artifacts
  package-lock.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb Cargo.lock poetry.lock uv.lock Pipfile.lock
  Gemfile.lock composer.lock npm-shrinkwrap.json generated .jest-cache .wireit .nx .rpt2_cache .fusebox .dynamodb .tsbuildinfo .DS_Store tags .svelte
  _site .jekyll-cache .jekyll-metadata .hugo_build.lock .docz .vitepress .quarto .pytype .pyre .dmypy.json __pypackages__ .pdm-build
  .scannerwork .bloop .metals .bsp .cpcache .shadow-cljs .ccls-cache CMakeFiles CMakeCache.txt .pnp.cjs .pnp.loader.mjs .lighthouseci
  allure-results allure-report nimcache xcuserdata .swiftpm .cxx TestResults BenchmarkDotNet.Artifacts .vs test-output junit.xml
  test-report test-reports .phpunit.cache .phpunit.result.cache .php-cs-fixer.cache .rspec_status .yardoc .rubocop_cache .elixir_ls
  .clj-kondo .lsp .eggs .ipynb_checkpoints .virtual_documents .webpack .esbuild .rush .lage .cargo-cache .rustc_info.json cover.out
  coverage.out coverage.xml lcov.info mypy_cache .import_linter_cache .uv-cache .hatch .solid .vinxi .nitro .contentlayer .velite
  .millstone .million .plasmo .wxt .react-router .tanstack __snapshots_tmp__ .playwright .cypress-cache .stryker-tmp .devenv .direnv result`.split(
    /\s+/,
  ),
);
const REGENERABLE_NAME =
  /(\.(log|tmp|temp|bak|orig|rej|swp|swo|pyc|pyo|o|obj|a|class|map|tsbuildinfo|gcda|gcno|pid|prof|profraw|coverage|lock|lock\.tmp|cache|out|elc|egg-info|beam|hi|d|so|dylib|dll|exe|gch|pch|ilk|pdb|dSYM|aux|toc|lof|lot|fls|fdb_latexmk|bbl|blg|nav|snm|hprof|heapsnapshot|cpuprofile|cover|tfplan)|~|^core\.\d+|^te?mp[._-][\w.-]*|^npm-debug\.log.*|^\.coverage.*|^(cmake-build|bazel)-.*|\.egg-info|^(nohup|yarn-error|lerna-debug)\..*)$/;

/** Below a folder of sources these are sources: `src/bin`, `app/logs`. */
const OFTEN_SOURCES = new Set(
  "bin obj out target build log logs reports tags artifacts".split(" "),
);
const SOURCES = new Set("src lib app internal cmd docs".split(" "));

export function isRegenerable(segments: readonly string[]): boolean {
  const path = segments.join("/");
  const source = segments.findIndex((each) => SOURCES.has(each));
  const made = segments.some(
    (each, at) => REGENERABLE.has(each) && (source < 0 || at < source || !OFTEN_SOURCES.has(each)),
  );
  return made || /(^|\/)vendor\/bundle(\/|$)/.test(path) || REGENERABLE_NAME.test(baseOf(path));
}

const SECRET_IN_HOME = new RegExp(
  `^(\\.ssh(/(?!known_hosts|config$|.*\\.pub$).*)?|\\.aws(/.*)?|\\.gnupg(/.*)?|\\.kube(/.*)?|\\.docker/config\\.json|\\.netrc|_netrc|\\.npmrc|\\.pypirc|\\.git-credentials|\\.pgpass|\\.my\\.cnf|\\.vault-token|\\.password-store(/.*)?|\\.azure(/.*)?|\\.config/(gh|gcloud|hub|glab-cli|doctl|heroku|rclone|op|stripe|google-chrome|chromium|BraveSoftware|fly|hcloud|sops)(/.*)?|\\.mozilla(/.*)?|\\.local/share/keyrings(/.*)?|Library/(Keychains|Cookies)(/.*)?|\\.cargo/credentials(\\.toml)?|\\.gem/credentials|\\.terraform\\.d/credentials.*|\\.terraformrc|\\.claude/\\.credentials\\.json|\\.codex/auth\\.json|\\.gemini/(oauth_creds|google_accounts).*|\\.qwen/oauth_creds.*|\\.local/share/opencode/auth\\.json|\\.(bash|zsh|psql|mysql|node_repl|python)_history|\\.config/op|\\.fly/config\\.yml|\\.netlify/config\\.json|\\.ngrok2/.*|\\.step/.*|\\.bitcoin/.*|\\.ethereum/.*|\\.boto|\\.s3cfg|\\.jupyter/.*token.*|\\.lftprc|\\.smbcredentials)$`,
);
const SECRET_NAME =
  /(^|\/)(\.conductor\/token|\.env(\.(?!example$|sample$|template$|dist$|defaults?$|schema$)[\w.-]+)?|\.envrc|id_(rsa|dsa|ecdsa|ed25519)(_sk)?|[^/]*\.(pem|p12|pfx|kdbx|keystore|jks|asc|gpg|ppk|ovpn)|[^/]*\.key|credentials(\.(json|ya?ml|csv|enc|toml|ini|xml|properties))?|client_secret[^/]*\.json|service[-_]?account[^/]*\.json|secrets?\.(ya?ml|json|toml|env|enc|tfvars)|[^/]*\.(auto\.)?tfvars|terraform\.tfstate(\.backup)?|\.htpasswd|\.netrc|\.pgpass|\.git-credentials|\.npmrc|\.pypirc|master\.key|\.vault[-_]pass(word)?|vault[-_]pass(word)?\.txt|kubeconfig|wallet\.dat|\.dockercfg)$/;
const SECRET_OF_SYSTEM =
  /^(\/etc\/(shadow|gshadow|sudoers|ssl\/private|ssh\/ssh_host_[^/]*_key|krb5\.keytab|openvpn|wireguard|letsencrypt|kubernetes)(-|\/.*)?|\/proc\/[^/]+\/(environ|mem)|\/root(\/.*)?|\/(var\/)?run\/secrets(\/.*)?|\/var\/lib\/(docker|kubelet|postgresql|mysql)(\/.*)?|\/dev\/(mem|kmem))$/;

/** A certificate is made to be shown; the key beside it is not. */
const PUBLIC_CERTIFICATE =
  /(^|\/)([\w.-]*[._-])?(certs?|certificate|ca|cacert|chain|fullchain|bundle|public|pub|root-?ca)([._-][\w-]*)?\.(pem|asc|gpg)$/;

/** `rm` of `/bin/rm`. */
export function baseOf(path: string): string {
  return path.replace(/^.*\//s, "");
}

/** `path` absolute; `home` the home folder. */
export function isSecret(path: string, home: string): boolean {
  const inHome = under(path, home);
  if (path.endsWith(".pub") || PUBLIC_CERTIFICATE.test(path)) return false;
  if (inHome !== undefined && SECRET_IN_HOME.test(inHome)) return true;
  return SECRET_NAME.test(path) || SECRET_OF_SYSTEM.test(path);
}

const STARTUP_IN_HOME =
  /^(\.(bash|zsh|z?profile|profile|zlog|inputrc|kshrc|cshrc|tcshrc|gitconfig|vimrc|exrc|emacs|tmux\.conf|screenrc|npmrc|yarnrc|xinitrc|xsession|xprofile|pam_environment|curlrc|wgetrc|condarc|pythonrc|irbrc|pryrc|gdbinit|psqlrc|editorconfig|ssh\/(config|rc|environment)|direnvrc)[^/]*|\.(vim|emacs\.d|zsh|oh-my-zsh|bash_it|mozilla|vscode|vscode-server)(\/.*)?|\.config\/(systemd|autostart|fish|environment\.d|git|nvim|zsh|tmux|pip|npm|direnv|i3|sway|hypr|kitty|alacritty|starship\.toml|nushell|powershell|plasma-workspace|containers)(\/.*)?|\.local\/(bin|share\/(systemd|applications|dbus-1))(\/.*)?|bin(\/.*)?|Library\/(LaunchAgents|LaunchDaemons|Services)(\/.*)?|\.ssh|\.pip(\/.*)?|\.m2\/settings\.xml|\.gradle\/(init\.d|gradle\.properties)(\/.*)?|\.cargo\/config(\.toml)?|\.docker(\/.*)?)$/;
const STARTUP_IN_WORKSPACE =
  /(^|\/)(\.git(\/(hooks|config|info\/attributes|modules|worktrees)?(\/.*)?)?|\.husky(\/.*)?|\.githooks(\/.*)?|\.github\/(workflows|actions)(\/.*)?|\.gitlab-ci\.ya?ml|\.circleci(\/.*)?|\.buildkite(\/.*)?|Jenkinsfile|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|\.travis\.yml|\.drone\.yml|\.woodpecker\.ya?ml|\.envrc|\.vscode\/(tasks|settings|launch)\.json|\.idea\/.*|\.devcontainer(\/.*)?|\.pre-commit-config\.yaml|lefthook\.ya?ml|\.npmrc|\.yarnrc(\.yml)?|\.pnpmfile\.cjs|\.mcp\.json|\.cursor(\/.*)?|CODEOWNERS)$/;

export function isStartup(path: string, home: string, workspace: string): boolean {
  const inWork = under(path, workspace);
  if (inWork !== undefined) return STARTUP_IN_WORKSPACE.test(inWork);
  const inHome = under(path, home);
  return (
    (inHome !== undefined && STARTUP_IN_HOME.test(inHome)) || /\/\.git\/hooks(\/|$)/.test(path)
  );
}

const PERSISTENCE =
  /(\/\.ssh\/authorized_keys2?|^\/etc\/(hosts|ld\.so\.(preload|conf.*)|passwd|group|shadow|sudoers.*|cron.*|crontab|anacrontab|rc\..*|profile.*|bash\.bashrc|environment|pam\.d.*|ssh.*|systemd.*|init\.d.*|inittab|modules.*|apt.*|resolv\.conf|nsswitch\.conf|security.*|udev.*|xdg\/autostart.*)|^\/var\/spool\/(cron|at).*|^\/(usr\/)?lib\/systemd.*|^\/Library\/Launch(Agents|Daemons).*)$/;

export function isPersistence(path: string): boolean {
  return PERSISTENCE.test(path);
}

const GUARD =
  /(^|\/)(\.conductor(\/.*)?|\.ai(\/(policy\.ya?ml|agents(\/.*)?))?|\.local\/(state|share)\/(agent-)?conductor(\/.*)?|\.config\/(agent-)?conductor(\/.*)?|[^/]*conductor[^/]*\.(sock|db|pid|token)(-\w+)?|\.claude(\/(settings[^/]*\.json|hooks(\/.*)?|agents(\/.*)?|plugins(\/.*)?)?)?|\.claude\.json|\.codex(\/(config\.toml|hooks\.json|rules(\/.*)?|AGENTS\.md|requirements\.toml))?|\.gemini(\/(settings\.json|policies(\/.*)?|hooks(\/.*)?|trustedFolders\.json|extensions(\/.*)?))?|\.qwen(\/(settings\.json|trustedFolders\.json))?|\.copilot(\/(config\.json|settings\.json|mcp-config\.json|trusted_folders\.json))?|opencode\.jsonc?|\.opencode(\/.*)?|\.config\/opencode(\/.*)?|\.kiro\/settings(\/.*)?|\.aider\.conf\.yml|\.cursor\/(hooks|mcp|cli)\.json)$/;

/** The guard's own files, its policy and records, and the settings of agent CLIs. */
export function isGuarded(path: string): boolean {
  return GUARD.test(path);
}

const STATE_OF_AGENTS =
  /\/\.claude\/shell-snapshots\/snapshot-(bash|zsh)-\d+-\w+\.sh$|\/\.(codex\/shell_snapshots|gemini\/tmp|qwen\/tmp)\/.+/;

/** What agent CLIs keep for their own shells, and write from them. */
export function isStateOfAgents(path: string): boolean {
  return STATE_OF_AGENTS.test(path);
}

/** The rest of `path` below `folder`, without a leading slash; empty for the folder itself. */
export function under(path: string, folder: string): string | undefined {
  if (path === folder) return "";
  const start = folder.endsWith("/") ? folder : `${folder}/`;
  return path.startsWith(start) ? path.slice(start.length) : undefined;
}
