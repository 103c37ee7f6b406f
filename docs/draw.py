#!/usr/bin/env python3
"""Draws the pictures of the README from the texts beside this script.

    docs/draw.py          writes the pictures
    docs/draw.py --check  fails if a picture is not the one of its text
"""

import pathlib
import sys
from xml.sax.saxutils import escape

HERE = pathlib.Path(__file__).parent
MONOSPACE = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
SANS = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif"

# Colours that can be read on a light and on a dark page, because each picture brings its own background.
BACKGROUND, EDGE, TEXT, FAINT = "#161b22", "#30363d", "#d6dde6", "#8b96a3"
PROMPT, FAILURE, OURS = "#7ee787", "#ff8f87", "#79c0ff"


def picture(width, height, parts, title):
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img">\n<title>{escape(title)}</title>\n'
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8" fill="{BACKGROUND}" stroke="{EDGE}"/>\n'
    )
    return head + "\n".join(parts) + "\n</svg>\n"


def words(x, y, text, colour, family, size, weight="normal"):
    return (
        f'<text x="{x}" y="{y}" fill="{colour}" font-family="{family}" font-size="{size}" '
        f'font-weight="{weight}" xml:space="preserve">{escape(text)}</text>'
    )


def included(text):
    """Replaces `@PATH` by the first block of text in that page, which a test holds to what is really printed."""
    lines = []
    for line in text.rstrip("\n").split("\n"):
        if line.startswith("@"):
            page = (HERE / line[1:]).read_text()
            line = page.split("```text\n")[1].split("\n```")[0]
        lines += line.split("\n")
    return lines


def terminal(text, title):
    """Draws lines as a terminal shows them."""
    lines, size, step, margin = included(text), 13, 19, 20
    width = margin * 2 + round(max(map(len, lines)) * size * 0.603)
    parts, ours = [], False
    for number, line in enumerate(lines):
        ours = line.startswith("s3-test:") or (ours and line.startswith("  "))
        if line.startswith("$ "):
            colour = PROMPT
        elif ours:
            colour = OURS
        elif "FAILED" in line or "panicked" in line or "failed" in line:
            colour = FAILURE
        else:
            colour = TEXT
        if line:
            parts.append(words(margin, margin + 12 + number * step, line, colour, MONOSPACE, size))
    return picture(width, margin * 2 + len(lines) * step - 4, parts, title)


def steps(text, title):
    """Draws steps from left to right, each a box with its name, what happens and how long it takes."""
    rows = [line.split("|") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    box, gap, margin, height = 132, 14, 16, 132
    parts = []
    for number, row in enumerate(rows):
        name, what, time = (cell.strip() for cell in row)
        x, y = margin + number * (box + gap), margin
        colour = PROMPT if name == "body" else OURS
        parts.append(f'<rect x="{x}" y="{y}" width="{box}" height="{height}" rx="6" fill="none" stroke="{colour}"/>')
        parts.append(words(x + 10, y + 24, name, colour, SANS, 15, "bold"))
        for line, part in enumerate(wrapped(what, 18)):
            parts.append(words(x + 10, y + 48 + line * 17, part, TEXT, SANS, 12))
        if time:
            parts.append(words(x + 10, y + height - 12, time, FAINT, SANS, 12))
        if number + 1 < len(rows):
            middle = y + height // 2
            parts.append(
                f'<path d="M{x + box + 2} {middle} h{gap - 6} m-4 -4 l4 4 l-4 4" fill="none" stroke="{FAINT}"/>'
            )
    width = margin * 2 + len(rows) * (box + gap) - gap
    return picture(width, height + margin * 2, parts, title)


def wrapped(text, length):
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > length:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


PICTURES = {
    "failing-test": (terminal, "A failing test and the report about its bucket"),
    "life-of-a-test": (steps, "The life of a test: server, bucket, parameters, body, report, clean-up"),
}


def main():
    check, old = "--check" in sys.argv[1:], []
    for name, (draw, title) in PICTURES.items():
        drawn = draw((HERE / f"{name}.txt").read_text(), title)
        path = HERE / f"{name}.svg"
        if check:
            old += [str(path)] if not path.exists() or path.read_text() != drawn else []
        else:
            path.write_text(drawn)
    if old:
        sys.exit(f"not the pictures of their texts: {', '.join(old)}. Run docs/draw.py.")


main()
