/**
 * Variables that a cell inherits: locations of programs, libraries, caches and temporary files, the language, the clock.
 * It needs no key and no token, so it inherits no other variable.
 */
const NEEDED: readonly string[] = [
  ...["PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TMP", "TEMP", "TZ", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE"],
  ...["DENO_DIR", "XDG_CACHE_HOME", "NO_COLOR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"],
  // Windows.
  ...["SystemRoot", "SystemDrive", "windir", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PATHEXT", "COMSPEC"],
];

/** The environment of a cell's process. */
export function cellEnvironment(): Record<string, string> {
  const found = NEEDED.map((name) => [name, Deno.env.get(name)] as const);
  return Object.fromEntries(found.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}
