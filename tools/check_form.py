#!/usr/bin/env python3
"""check_form.py [ROOT]: checks that the tree has the form that CONTRIBUTING.md describes.

C++ is as clang-format-19 leaves it. No line of code or text is longer than 100 characters, no
file of code longer than 500 lines, no function longer than 70. Prints each difference; exit code 1
if there is one.
"""
import ast
import os
import re
import subprocess
import sys

MAX_LINE, MAX_FILE, MAX_FUNCTION = 100, 500, 70
FOLDERS = ("bench", "cmake", "doc", "fuzz", "packaging", "src", "test", "tools")
# Byte-for-byte samples of stored data, and files read by programs.
DATA = re.compile(r"^test/(golden|data)/")
FUNCTION_OPENS = re.compile(r"(\)|const|override|noexcept|mutable|-> .*[\w>]) \{$")
NO_FUNCTION = re.compile(
    r"\s*(namespace|(typedef )?(class|struct|union)|enum|extern|if|for|while|switch|else|do|try)\b"
    r"|\s*(\}|case\b)"
    r"|\s*(template <.*> )?(class|struct) ")
STATEMENT_BEFORE = re.compile(
    r"^\s*$|[;{}]$|^\s*(//|#|public:|private:|protected:|case .*:|default:)")
SHELL_FUNCTION = re.compile(r"^\s*\w+\(\) [{(]$")


def language(path):
    """The language of the file; None for data."""
    name = os.path.basename(path)
    ending = os.path.splitext(name)[1]
    known = {".cpp": "c++", ".hpp": "c++", ".py": "python", ".sh": "shell", ".md": "text",
             ".cmake": "cmake"}
    if name == "CMakeLists.txt":
        return "cmake"
    if ending in known:
        return known[ending]
    if ending:
        return None
    with open(path, "rb") as file:
        return "shell" if file.readline().rstrip().endswith((b"bash", b"/sh")) else None


def files(root):
    """(path below root, language) of each file that is checked."""
    paths = [name for name in os.listdir(root) if os.path.isfile(os.path.join(root, name))]
    for folder in FOLDERS:
        for where, _, names in os.walk(os.path.join(root, folder)):
            paths += [os.path.relpath(os.path.join(where, name), root) for name in names]
    for path in sorted(paths):
        if not DATA.match(path) and (kind := language(os.path.join(root, path))):
            yield path, kind


def is_free(line, kind, in_code):
    """Whether a line may be long: a single word; in Markdown tables and code."""
    if kind == "text" and (in_code or line.startswith("|")):
        return True
    return len(line.split()) == 1 or "://" in line and len(line.split()) <= 2


def long_lines(lines, kind):
    in_code = False
    for number, line in enumerate(lines, 1):
        if kind == "text" and line.lstrip().startswith("```"):
            in_code = not in_code
        if len(line) > MAX_LINE and not is_free(line, kind, in_code or line.startswith("    ")):
            yield number, f"{len(line)} characters"


def indentation(line):
    return len(line) - len(line.lstrip())


def first_line(lines, last):
    """The index of the first line of the statement that continues in line `last`."""
    while last > 0 and not STATEMENT_BEFORE.search(lines[last - 1]):
        last -= 1
    return last


def end_of_block(lines, begin, indent):
    """The index of the line that closes a block: the next with a bracket at its indentation."""
    for index in range(begin + 1, len(lines)):
        if indentation(lines[index]) == indent and lines[index].lstrip()[:1] in ("}", ")"):
            return index
    return begin


def cpp_functions(lines):
    """(first line, length) of each function and lambda."""
    for index, line in enumerate(lines):
        if not FUNCTION_OPENS.search(line):
            continue
        first = first_line(lines, index)
        if NO_FUNCTION.match(lines[first]):
            continue
        statement = "".join(lines[first:index + 1])
        # A lambda is closed at the indentation of the line that opens it, a function at that of its
        # statement.
        in_call = statement.count("(") > statement.count(")")
        end = end_of_block(lines, index, indentation(line if in_call else lines[first]))
        yield first + 1, end - first + 1


def shell_functions(lines):
    for index, line in enumerate(lines):
        if SHELL_FUNCTION.match(line):
            yield index + 1, end_of_block(lines, index, indentation(line)) - index + 1


def functions(lines, kind):
    if kind == "python":
        for node in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield node.lineno, node.end_lineno - node.lineno + 1
    elif kind == "c++":
        yield from cpp_functions(lines)
    elif kind == "shell":
        yield from shell_functions(lines)


def problems(path, text, kind):
    lines = text.splitlines()
    if kind != "text" and len(lines) > MAX_FILE:
        yield len(lines), f"a file of {len(lines)} lines"
    yield from long_lines(lines, kind)
    for number, length in functions(lines, kind):
        if length > MAX_FUNCTION:
            yield number, f"a function of {length} lines"


def misformatted(root, paths):
    """The changes that clang-format would make, in its words."""
    command = ["clang-format-19", "--dry-run", "--Werror", "--ferror-limit=1", *paths]
    return subprocess.run(command, cwd=root, stderr=subprocess.PIPE, text=True, check=False).stderr


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..")
    found, checked, cpp = 0, 0, []
    for path, kind in files(root):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            text = file.read()
        checked += 1
        if kind == "c++":
            cpp.append(path)
        for number, what in problems(path, text, kind):
            print(f"{path}:{number}: {what}")
            found += 1
    difference = misformatted(root, cpp)
    print(difference, end="")
    print(f"{checked} files checked, {found} too long"
          f"{', clang-format differs' if difference else ''}")
    return 1 if found or difference or checked < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
