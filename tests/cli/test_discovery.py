"""Loading the app, and what is said when that fails."""

import sys

import pytest

from segue.app import App
from segue.cli.discovery import load, load_app
from segue.cli.place import Place, find_place, parse_place
from segue.core.errors import CommandError, RouteError

pytestmark = pytest.mark.feature("M-191")


def _load(project, text=None):
    place = parse_place(text, project.folder) if text else find_place(project.folder)
    return load(place)


def _refused(project, text=None):
    with pytest.raises(CommandError) as caught:
        _load(project, text)
    return caught.value.problem


def test_the_name_app_is_found(project):
    project.write("app.py")

    found = _load(project)

    assert isinstance(found.app, App)
    assert str(found.place) == "app:app"


@pytest.mark.parametrize("name", ["application", "site"])
def test_the_only_app_is_found_by_any_name(project, name):
    project.write("app.py", f"from segue.app import App\n{name} = also = App()\n")

    assert _load(project).place.name in {name, "also"}


def test_a_class_called_app_is_no_app(project):
    project.write(
        "app.py", "from segue.app import App\nclass app(App): ...\nsite = app()\n"
    )

    assert _load(project).place.name == "site"


def test_several_apps_are_not_guessed_between(project):
    project.write("app.py", "from segue.app import App\none, two = App(), App()\n")

    problem = _refused(project)

    assert problem.code == "SG-CLI-003"
    assert "one, two" in problem.what


@pytest.mark.parametrize("text", [None, "app:create_app()"])
def test_a_factory_is_called(project, text):
    project.write(
        "app.py", "from segue.app import App\ndef create_app():\n    return App()\n"
    )

    found = _load(project, text)

    assert isinstance(found.app, App)
    assert str(found.place) == "app:create_app()"


def test_a_factory_that_fails_is_told_with_its_own_frames(project):
    project.write("app.py", "def make():\n    return {}['key']\n")

    problem = _refused(project, "app:make()")

    assert problem.code == "SG-CLI-006"
    assert "KeyError: 'key'" in problem.what
    assert problem.where == ("app.py:2 make  return {}['key']",)


def test_a_factory_that_needs_arguments_is_told(project):
    project.write("app.py", "def make(config):\n    return config\n")

    assert "TypeError" in _refused(project, "app:make()").what


def test_a_factory_that_misuses_segue_is_told_by_segue(project):
    project.write(
        "app.py",
        """
        from segue.app import App
        def make():
            App().get("no-slash")(print)
        """,
    )

    with pytest.raises(RouteError):
        _load(project, "app:make()")


@pytest.mark.parametrize(
    "body", ["def make():\n    return 3\n", "async def make():\n    return print\n"]
)
def test_a_factory_must_return_an_app(project, body):
    project.write("app.py", body)

    problem = _refused(project, "app:make()")

    assert problem.code == "SG-CLI-006"
    assert "returned a" in problem.what


def test_a_name_inside_an_object_is_found(project):
    project.write(
        "app.py",
        """
        from types import SimpleNamespace
        from segue.app import App
        sites = SimpleNamespace(main=App(), other=App())
        """,
    )

    found = _load(project, "app:sites.other")

    assert isinstance(found.app, App)


def test_a_missing_name_is_refused_with_the_nearest_one(project):
    project.write("app.py", "from segue.app import App\nshop = App()\n")

    problem = _refused(project, "app:shpo")

    assert problem.code == "SG-CLI-005"
    assert "Did you mean 'shop'?" in problem.what
    assert problem.where == (f"{project.folder / 'app.py'}:1 app",)


def test_a_value_is_no_app(project):
    project.write("app.py", "app = 3\n")

    assert _refused(project, "app:app").code == "SG-CLI-005"
    assert "holds no App" in _refused(project).what


def test_a_missing_module_is_refused_with_the_nearest_one(project):
    project.write("shop.py")

    problem = _refused(project, "shpo:app")

    assert problem.code == "SG-CLI-002"
    assert "Did you mean 'shop'?" in problem.what


def test_a_missing_package_names_the_part_that_is_missing(project):
    assert "'nowhere'" in _refused(project, "nowhere.site").what


def test_a_failing_import_shows_the_users_own_frames_only(project):
    project.write("app.py", "import shop.views\n")
    project.write("shop/__init__.py", "")
    project.write("shop/views.py", "import json\n\njson.loads('{')\n")

    problem = _refused(project)

    assert problem.code == "SG-CLI-004"
    assert problem.what.startswith("Importing app failed: JSONDecodeError")
    assert problem.where == (
        "app.py:1 <module>  import shop.views",
        "shop/views.py:3 <module>  json.loads('{')",
    )


def test_a_missing_library_is_told_as_the_users_import(project):
    project.write("app.py", "import requests_that_nobody_has\n")

    problem = _refused(project)

    assert problem.code == "SG-CLI-004"
    assert "No module named 'requests_that_nobody_has'" in problem.what
    assert problem.where == ("app.py:1 <module>  import requests_that_nobody_has",)


def test_a_syntax_error_is_told_with_its_line(project):
    project.write("app.py", "import shop\n")
    project.write("shop.py", "x = 1\ndef broken(:\n")

    problem = _refused(project)

    assert problem.where == ("app.py:1 <module>  import shop", "shop.py:2 def broken(:")


def test_a_syntax_error_elsewhere_is_told_with_its_whole_path(project, tmp_path):
    (tmp_path / "outside.py").write_text("def broken(:\n", encoding="utf-8")
    project.write("app.py", f"exec(compile('(', r'{tmp_path / 'outside.py'}', 'exec'))")

    where = _refused(project).where

    assert where[-1].startswith(f"{tmp_path / 'outside.py'}:1")


def test_a_module_that_leaves_the_process_is_told(project):
    project.write("app.py", "import sys\nsys.exit(3)\n")

    problem = _refused(project)

    assert problem.what == "Importing app failed: SystemExit: 3"


def test_an_error_without_words_is_told(project):
    project.write("app.py", "raise ValueError\n")

    assert _refused(project).what.endswith("ValueError: no message")


def test_an_error_of_segue_passes_as_it_is(project):
    project.write("app.py", "from segue.app import App\nApp().get('no-slash')(print)\n")

    with pytest.raises(RouteError):
        _load(project)


def test_the_folder_is_put_on_the_path_once(project):
    project.write("app.py")
    place = find_place(project.folder)

    load(place)
    load(place)

    assert sys.path.count(str(project.folder)) == 1


def test_another_wsgi_application_is_found_but_is_no_segue_app(project):
    project.write("app.py", "def app(environ, start_response):\n    return []\n")

    assert callable(_load(project).app)
    with pytest.raises(CommandError) as caught:
        load_app(Place("app", folder=str(project.folder)))

    assert caught.value.problem.code == "SG-CLI-007"
