/** The shells that there is a script for. */
export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** The first argument with which the program answers what the last of the others may become. */
export const completeCall = '__complete';

/** What makes each shell ask the program itself, so that a script never grows old. */
export const completionScripts: Readonly<Record<Shell, string>> = Object.freeze({
  bash: `# bash completion for pod-hardener
_pod_hardener() {
  local line current="\${COMP_WORDS[COMP_CWORD]}" files=
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :0) files=yes ;;
      :*) ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("\${COMP_WORDS[0]}" ${completeCall} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ -n "$files" ]; then
    compopt -o filenames 2>/dev/null
    if [ "$current" = "=" ]; then current=; fi
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
  fi
}
complete -F _pod_hardener pod-hardener
`,
  zsh: `#compdef pod-hardener
# zsh completion for pod-hardener
_pod_hardener() {
  local line directive
  local -a candidates
  for line in "\${(@f)$("\${words[1]}" ${completeCall} "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case "$line" in
      :*) directive="$line" ;;
      *$'\\t'?*) candidates+=("\${line%%$'\\t'*}:\${line#*$'\\t'}") ;;
      ?*) candidates+=("\${line%%$'\\t'*}") ;;
    esac
  done
  if (( \${#candidates} )); then _describe 'pod-hardener' candidates; fi
  if [[ "$directive" == ":0" ]]; then
    compset -P '--*='
    _files
  fi
}
if [[ "\${funcstack[1]}" == "_pod-hardener" ]]; then
  _pod_hardener "$@"
else
  compdef _pod_hardener pod-hardener
fi
`,
  fish: `# fish completion for pod-hardener
function __pod_hardener_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] ${completeCall} $words[2..] "$current" 2>/dev/null)
        switch "$line"
            case ':0'
                __fish_complete_path (string replace -r '^--[^=]*=' '' -- "$current")
            case ':*'
            case '*'
                echo $line
        end
    end
end
complete -c pod-hardener -f -k -a '(__pod_hardener_complete)'
`,
});
