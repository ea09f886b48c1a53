#!/usr/bin/env python3
"""check_rooms.py [ROOT]: checks that each room of src/ uses only what its row allows.

The rows are in src/CMakeLists.txt: zglacier_room(NAME USES ...). A room uses another if it includes
one of its headers or names something of its namespace. The table of rooms in ARCHITECTURE.md must
say the same. Only flow starts threads. Only base/environment.cpp reads the variables of the
process, and only main.cpp, which is in no room, asks it to. Prints each difference; exit code 1 if
there is one.
"""
import os
import re
import sys

ROW = re.compile(r"^zglacier_room\(([^)]*)\)", re.MULTILINE)
INCLUDE = re.compile(r'^#include "([^"/]+)/')
COMMENT_OR_TEXT = re.compile(r'//.*|"(?:\\.|[^"\\])*"')
THREAD = re.compile(r"\bstd::(jthread|thread|async)\b")
PROCESS_VARIABLES = re.compile(r"\b((secure_)?getenv|environ|of_process)\b")
READS_VARIABLES = ("base/environment.hpp", "base/environment.cpp", "base/environment_test.cpp")
# | 3 | `catalog/` | what it is | codec, sql, base |
TABLE = re.compile(r"^\| *(\d+) *\| *`(\w+)/` *\|[^|]*\|([^|]*)\|", re.MULTILINE)


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def rooms(text):
    """name -> {"USES": rooms, "TEST_USES": rooms}, in the order of the file."""
    result = {}
    for row in ROW.finditer(text):
        name, *words = row.group(1).split()
        key, keys = None, {"USES": [], "SEES": [], "LIBS": [], "TEST_USES": []}
        for word in words:
            if word in keys:
                key = word
            else:
                keys[key].append(word)
        result[name] = keys
    return result


def sources(folder):
    for where, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.endswith((".cpp", ".hpp")):
                yield os.path.join(where, name)


def used_rooms(line, names):
    """What a line of code uses: (room, how)."""
    if match := INCLUDE.match(line):
        yield match.group(1), "includes"
    code = COMMENT_OR_TEXT.sub("", line)
    for match in re.finditer(r"(?<![\w:])(?:zg::)?(\w+)::", code):
        if match.group(1) in names:
            yield match.group(1), "names"


def check_room(root, name, row, names):
    """(problems, number of uses of other rooms)"""
    problems, uses = [], 0
    for path in sources(os.path.join(root, "src", name)):
        is_test = path.endswith("_test.cpp") or "/testing/" in path
        allowed = {name, *row["USES"], *(row["TEST_USES"] if is_test else [])}
        for number, line in enumerate(read(path).splitlines(), 1):
            at = f"{os.path.relpath(path, root)}:{number}"
            for other, how in used_rooms(line, names):
                uses += other != name
                if other not in allowed:
                    problems.append(f"{at}: {name} {how} {other}, which its row does not allow")
            code = COMMENT_OR_TEXT.sub("", line)
            if THREAD.search(code) and name not in ("flow", "base") and not is_test:
                problems.append(f"{at}: {name} starts a thread; only flow does")
            if PROCESS_VARIABLES.search(code) and not path.endswith(READS_VARIABLES):
                problems.append(f"{at}: {name} reads a variable of the process; take it from an "
                                "Environment")
    return problems, uses


def check_table(root, rows):
    documented = {match.group(2): set(re.findall(r"\w+", match.group(3)))
                  for match in TABLE.finditer(read(root, "ARCHITECTURE.md"))}
    for name in sorted(set(documented) | set(rows)):
        built = set(rows.get(name, {"USES": []})["USES"])
        if name not in rows or name not in documented:
            yield f"only one of ARCHITECTURE.md and src/CMakeLists.txt has the room {name}"
        elif documented[name] != built:
            yield (f"ARCHITECTURE.md: {name} uses {sorted(documented[name])}, "
                   f"in src/CMakeLists.txt {sorted(built)}")


def check_order(rows):
    """A room comes after all rooms that it uses, so there are no cycles."""
    known = set()
    for name, row in rows.items():
        yield from (f"src/CMakeLists.txt: {name} uses {other}, which does not come before it"
                    for other in row["USES"] if other not in known)
        known.add(name)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..")
    rows = rooms(read(root, "src", "CMakeLists.txt"))
    problems = [*check_order(rows), *check_table(root, rows)]
    folders = {entry.name for entry in os.scandir(os.path.join(root, "src")) if entry.is_dir()}
    problems += [f"src/{name} has no row in src/CMakeLists.txt" for name in folders - set(rows)]
    uses = 0
    for name, row in rows.items():
        found, count = check_room(root, name, row, set(rows))
        problems += found
        uses += count
    print("\n".join([*problems, f"{len(rows)} rooms, {uses} uses of others"]))
    return 1 if problems or uses < 500 else 0


if __name__ == "__main__":
    sys.exit(main())
