"""Where the app is: said, or found in the folder."""

import pytest

from segue.cli.place import Place, find_place, parse_place, python_files
from segue.core.errors import CommandError

pytestmark = pytest.mark.feature("M-191")


@pytest.mark.parametrize(
    ("text", "module", "name", "factory"),
    [
        ("shop", "shop", None, False),
        ("shop.web", "shop.web", None, False),
        ("shop:site", "shop", "site", False),
        ("shop:sites.main", "shop", "sites.main", False),
        ("shop.web:create_app()", "shop.web", "create_app", True),
        ("  shop:site  ", "shop", "site", False),
    ],
)
def test_a_dotted_name_is_read(project, text, module, name, factory):
    place = parse_place(text, project.folder)

    assert place == Place(module, name, factory, str(project.folder))
    assert str(place) == text.strip()


@pytest.mark.parametrize("text", ["", "shop:", "shop:1", "a b", "shop::x", "shop:f(1)"])
def test_what_is_no_name_is_refused(project, text):
    with pytest.raises(CommandError, match="SG-CLI-002"):
        parse_place(text, project.folder)


def test_a_file_of_a_package_is_read_from_the_outermost_package(project):
    project.write("code/shop/__init__.py", "")
    project.write("code/shop/web/__init__.py", "")
    project.write("code/shop/web/site.py")

    place = parse_place("code/shop/web/site.py:app", project.folder)

    assert place == Place("shop.web.site", "app", False, str(project.folder / "code"))


def test_a_package_is_named_by_its_folder_or_its_first_file(project):
    project.write("code/shop/__init__.py")

    by_folder = parse_place("code/shop", project.folder)
    by_file = parse_place("code/shop/__init__.py", project.folder)

    assert by_folder == by_file == Place("shop", folder=str(project.folder / "code"))


def test_an_absolute_path_is_read(project):
    path = project.write("app.py")

    assert parse_place(f"{path}:app", project.folder) == Place(
        "app", "app", False, str(project.folder)
    )


def test_a_missing_file_is_refused_with_the_nearest_name(project):
    project.write("shop.py")

    with pytest.raises(CommandError) as caught:
        parse_place("shpo.py", project.folder)

    assert "Did you mean 'shop.py'?" in str(caught.value)


def test_a_file_in_a_missing_folder_is_refused(project):
    with pytest.raises(CommandError, match="SG-CLI-002"):
        parse_place("nowhere/shop.py", project.folder)


def test_a_module_below_src_is_found_there(project):
    project.write("src/shop/__init__.py")

    assert parse_place("shop:app", project.folder).folder == str(project.folder / "src")


def test_a_module_in_the_folder_wins_over_one_below_src(project):
    project.write("shop.py")
    project.write("src/shop.py")

    assert parse_place("shop", project.folder).folder == str(project.folder)


@pytest.mark.parametrize(
    ("files", "module"),
    [
        (["app.py", "main.py"], "app"),
        (["main.py", "shop/__init__.py", "shop/app.py"], "main"),
        (["shop/__init__.py", "shop/app.py"], "shop.app"),
        (["shop/__init__.py", "shop/main.py"], "shop.main"),
        (
            ["app/__init__.py", "app/main.py", "shop/__init__.py", "shop/app.py"],
            "app.main",
        ),
        (
            ["shop/__init__.py", "shop/app.py", "tests/__init__.py", "tests/app.py"],
            "shop.app",
        ),
    ],
)
def test_the_app_is_looked_for_in_a_fixed_order(project, files, module):
    for file in files:
        project.write(file, "")

    assert find_place(project.folder) == Place(module, folder=str(project.folder))


def test_a_package_that_builds_its_app_in_its_first_file_is_found(project):
    project.write("shop/__init__.py")
    project.write("shop/app.py")

    assert find_place(project.folder).module == "shop"


def test_a_package_below_src_is_found(project):
    project.write("src/shop/__init__.py", "site: App = App(\n    Config)\n")

    place = find_place(project.folder)

    assert place == Place("shop", folder=str(project.folder / "src"))


def test_a_folder_without_an_app_is_refused(project):
    project.write("shop/__init__.py", "")
    project.write("notes/app.py")

    with pytest.raises(CommandError) as caught:
        find_place(project.folder)

    assert caught.value.problem.code == "SG-CLI-001"
    assert str(project.folder) in caught.value.problem.what


def test_several_packages_are_not_guessed_between(project):
    for name in ("blog", "shop"):
        project.write(f"{name}/__init__.py", "")
        project.write(f"{name}/app.py")

    with pytest.raises(CommandError) as caught:
        find_place(project.folder)

    assert caught.value.problem.code == "SG-CLI-003"
    assert "segue --app blog.app ..." in caught.value.problem.fix
    assert "segue --app shop.app ..." in caught.value.problem.fix


def test_a_missing_folder_has_no_python_files(project):
    assert list(python_files(project.folder / "nowhere")) == []
