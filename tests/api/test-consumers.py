#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ways in which another project gets at the library: installed and found
with pkg-config, shared and static, from Vala and Python, where it was built,
and as a subproject of Meson."""

import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "peer"))

import fakedaemon
import tap

SUPERPROJECT = """
project('consumer', 'c', version: '7', meson_version: '>= 1.0.0')
executable('status', 'status.c', dependencies: dependency('vici-glib-1.0'))
executable('core', 'core.c', dependencies: dependency('vici-core-1.0'))
"""

CORE = """
#include <vici-glib/vici-core.h>

int
main (void)
{
  return vici_session_get_stream_event ("list-sas") == NULL;
}
"""


TRANSLATED = """
import locale
import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici
locale.setlocale(locale.LC_ALL, "")
try:
    Vici.Message.new_from_bytes(GLib.Bytes.new(b"x"))
except GLib.Error as error:
    assert error.matches(Vici.error_quark(), Vici.Error.MALFORMED), error
    assert error.message.startswith("Die Nachricht"), error
"""


def run(*command, **kwargs):
    """The problems there were: none, or the command and what it said."""
    command = [str(word) for word in command]
    try:
        result = subprocess.run(command, text=True, check=False, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, **kwargs)
    except OSError as error:
        return [error]
    return [] if result.returncode == 0 else [shlex.join(command), result.stdout]


def works(*program, **kwargs):
    with fakedaemon.running(talkative=["ike-updown"]) as uri:
        return run(*program, uri, timeout=60, **kwargs)


def pkg_config(*arguments, env):
    return subprocess.run(["pkg-config", *arguments], env=env, check=True, text=True,
                          capture_output=True).stdout.split()


def without_gnutls(folder):
    """A folder with what pkg-config finds on this machine, but GnuTLS, which the
    library loads at run time if it is there."""
    folder.mkdir()
    paths = pkg_config("--variable=pc_path", "pkg-config", env=os.environ)[0].split(":")
    for path in reversed(paths):
        for file in pathlib.Path(path).glob("*.pc"):
            (folder / file.name).unlink(missing_ok=True)
            (folder / file.name).symlink_to(file)
    (folder / "gnutls.pc").unlink(missing_ok=True)
    return folder


def static_libs(env):
    """What --static says, with the library's own archives and not their shared twins."""
    return [f"-l:lib{word[2:]}.a" if word.startswith("-lvici-") else word
            for word in pkg_config("--static", "--libs", "vici-glib-1.0", env=env)]


def setup(meson, build, source, *options):
    """Configures, and takes a warning for a problem."""
    command = [meson, "setup", build, source, "--wrap-mode=nodownload", *options]
    result = subprocess.run([str(word) for word in command], text=True, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    warnings = [line for line in result.stdout.splitlines()
                if any(word in line for word in ("WARNING:", "DEPRECATION:", "NOTICE:"))]
    return warnings + ([] if result.returncode == 0 else [result.stdout])


def installed(meson, root, work):
    prefix = work / "prefix"
    programs = root / "docs" / "programs"
    status = programs / "status.c"

    tap.check("is configured without a warning",
              setup(meson, work / "build", root, f"--prefix={prefix}", "--libdir=lib",
                    "-Dtests=disabled", "-Dexamples=disabled"))
    tap.check("installs", run(meson, "install", "-C", work / "build", "--quiet"))

    env = os.environ | {
        "PKG_CONFIG_PATH": f"{prefix}/lib/pkgconfig",
        "PKG_CONFIG_LIBDIR": str(without_gnutls(work / "pkgconfig")),
        "LD_LIBRARY_PATH": f"{prefix}/lib",
        "GI_TYPELIB_PATH": f"{prefix}/lib/girepository-1.0",
        "XDG_DATA_DIRS": f"{prefix}/share:/usr/local/share:/usr/share",
    }
    cflags = pkg_config("--cflags", "vici-glib-1.0", env=env)
    strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]

    tap.check("the manual's programs compile without a warning",
              run("cc", *strict, "-fsyntax-only", *sorted(programs.glob("*.c")), *cflags))
    tap.check("a program is built with pkg-config",
              run("cc", *strict, status, "-o", work / "shared", *cflags,
                  *pkg_config("--libs", "vici-glib-1.0", env=env)))
    tap.check("and works", works(work / "shared", env=env))

    tap.check("a program is linked to the static libraries",
              run("cc", status, "-o", work / "static", *cflags, *static_libs(env)))
    tap.check("and works without the shared ones", works(work / "static"))

    uninstalled = env | {"PKG_CONFIG_PATH": str(work / "build" / "meson-uninstalled"),
                         "LD_LIBRARY_PATH": str(work / "build" / "vici-glib")}
    tap.check("a program is built with what is not installed",
              run("cc", *strict, status, "-o", work / "uninstalled",
                  *pkg_config("--cflags", "--libs", "vici-glib-1.0", env=uninstalled)))
    tap.check("and works", works(work / "uninstalled", env=uninstalled))

    (work / "core.c").write_text(CORE, encoding="utf-8")
    tap.check("a program that does its own I/O links no GIO",
              run("cc", *strict, work / "core.c", "-o", work / "core", "-Wl,--no-undefined",
                  *pkg_config("--cflags", "--libs", "vici-core-1.0", env=env))
              + [word for word in pkg_config("--libs", "vici-core-1.0", env=env) if "gio" in word])
    tap.check("and works", run(work / "core", env=env))

    (work / "header.cc").write_text("#include <vici-glib/vici-glib.h>\n", encoding="utf-8")
    optional("the headers are valid C++", "c++", "-fsyntax-only", "-Wall", "-Werror",
             work / "header.cc", *cflags, env=env)
    if pkg_config("--variable=vapidir", "vici-glib-1.0", env=env):
        optional("a Vala program is built", "valac", "--pkg", "vici-glib-1.0", "-d", work,
                 "-o", "vala", status.with_suffix(".vala"), env=env)
        tap.check("and works", works(work / "vala", env=env))
    if pkg_config("--variable=typelibdir", "vici-glib-1.0", env=env):
        tap.check("a Python program works",
                  works("/usr/bin/python3", status.with_suffix(".py"), env=env))
        tap.check("messages come in the user's language",
                  run("/usr/bin/python3", "-c", TRANSLATED,
                      env=env | {"LC_ALL": "C.UTF-8", "LANGUAGE": "de"}))


def optional(claim, program, *arguments, **kwargs):
    if shutil.which(program):
        tap.check(claim, run(program, *arguments, **kwargs))
    else:
        tap.skip(claim, f"{program} is not installed")


def static_only(meson, root, work):
    build = work / "static-only"
    tap.check("is configured without shared libraries",
              setup(meson, build, root, "-Ddefault_library=static", "-Dtests=disabled",
                    "-Dexamples=disabled"))
    files = json.loads(subprocess.run([meson, "introspect", build, "--installed"], check=True,
                                      capture_output=True, text=True).stdout)
    tap.check("and then there is nothing for bindings, which would load one",
              (file for file in files if file.endswith((".typelib", ".gir", ".vapi"))))


def subproject(meson, root, work):
    """The consumer has a name, a version and options of its own, so that
    whatever is taken from it by mistake is not there."""
    source = work / "consumer"
    (source / "subprojects").mkdir(parents=True)
    (source / "subprojects" / "vici-glib").symlink_to(root)
    # Found by the name of the dependency, without a word in the project.
    (source / "subprojects" / "vici-glib.wrap").write_text(
        "[wrap-file]\ndirectory = vici-glib\n\n[provide]\n"
        "dependency_names = vici-glib-1.0, vici-core-1.0\n", encoding="utf-8")
    (source / "meson.build").write_text(SUPERPROJECT, encoding="utf-8")
    (source / "core.c").write_text(CORE, encoding="utf-8")
    shutil.copy(root / "docs" / "programs" / "status.c", source)

    tap.check("is configured as a subproject without a warning",
              setup(meson, work / "super", source, "--force-fallback-for=vici-glib-1.0",
                    "-Dvici-glib:tests=disabled", "-Dvici-glib:examples=disabled",
                    "-Dvici-glib:introspection=enabled"))
    tap.check("builds", run(meson, "compile", "-C", work / "super"))
    tap.check("and works", works(work / "super" / "status") + run(work / "super" / "core"))


def main():
    meson, root = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as work:
        installed(meson, root, pathlib.Path(work))
        static_only(meson, root, pathlib.Path(work))
        subproject(meson, root, pathlib.Path(work))
    tap.finish()


main()
