"""The tree as a reader meets it: links that lead somewhere, nothing of one machine."""

import re
import subprocess
from pathlib import Path

SKIPPED = {".git", "node_modules", "build", "dist", "htmlcov", "__pycache__"}
TEXT = {".md", ".py", ".toml", ".csv", ".txt", ".html", ".js", ".json", ".sh", ".cfg"}
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)(?:\s+['\"][^)]*)?\)")
# Written in two parts, so that this file does not find itself.
OF_ONE_MACHINE = [
    "/" + "root/",
    "/" + "work/main",
    "/" + "work/shared",
    "/" + "opt/v3",
    "pypi" + ".org",
    "python" + "hosted",
    "registry.npm" + "js",
    "deb." + "debian",
]


def _files(root):
    """Give the text files that belong to the project, as git sees them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listed.stdout.split("\0") if listed.returncode == 0 else _unpacked(root)
    for name in sorted(filter(None, names)):
        path = root / name
        if path.is_file() and (path.suffix in TEXT or path.name == "run"):
            yield path


def _unpacked(root):
    """Give the files of a copy that is no repository."""
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        if not SKIPPED & set(parts) and not parts[0].startswith(".venv"):
            yield str(path.relative_to(root))


def _pages(root):
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def _anchor(heading):
    """Build the anchor that a heading gets, the way code hosts do."""
    text = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return text.replace(" ", "-")


def _anchors(path):
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    return {_anchor(line.lstrip("#")) for line in re.findall(r"(?m)^#+ .*$", text)}


def _links(path):
    text = INLINE.sub("", FENCE.sub("", path.read_text(encoding="utf-8")))
    return [link for link in LINK.findall(text) if not re.match(r"\w+:", link)]


def test_nothing_names_one_machine_or_a_registry(root):
    found = [
        f"{path.relative_to(root)}: {word}"
        for path in _files(root)
        for word in OF_ONE_MACHINE
        if word in path.read_text(encoding="utf-8")
    ]

    assert not found, "\n".join(found)


def test_links_between_pages_lead_somewhere(root):
    dead = []
    for page in _pages(root):
        for link in _links(page):
            name, _, anchor = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            if not target.exists() or (
                anchor and target.suffix == ".md" and anchor not in _anchors(target)
            ):
                dead.append(f"{page.relative_to(root)}: {link}")

    assert not dead, "\n".join(dead)


def test_the_readme_is_short(root):
    assert len((root / "README.md").read_text(encoding="utf-8").splitlines()) < 150


def test_every_page_is_reached_from_another(root):
    reached: set[Path] = set()
    for page in _pages(root):
        for link in _links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            reached.add(target)
            if target.is_dir():
                reached.update(target.iterdir())
    alone = [
        str(page.relative_to(root))
        for page in _pages(root)
        if page not in reached and page.parent != root
    ]

    assert not alone, "\n".join(alone)
