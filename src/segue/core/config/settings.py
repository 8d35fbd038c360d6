"""`Settings`: the class that an app's settings are declared with."""

import os
import sys
from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

import msgspec

from segue.core.config.loaded import Declared, Loaded, Sources

__all__ = ["Settings"]

M = TypeVar("M", bound="_SettingsMeta")


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,)
)
class _SettingsMeta(msgspec.StructMeta):
    """Makes every settings class frozen and keyword-only.

    msgspec does not pass `kw_only` on to subclasses, so without this a required
    setting could not follow one with a default. `msgspec.Struct` has a metaclass
    anyway; this one adds two options and remembers where the class stands.
    """

    __declared__: Declared

    def __new__(  # noqa: PYI019 - Self is not allowed in a metaclass
        mcs: type[M],
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        /,
        *,
        prefix: str | None = None,
        table: str | None = None,
        **options: Any,
    ) -> M:
        options = {"frozen": True, "kw_only": True, **options}
        cls = super().__new__(mcs, name, bases, namespace, **options)
        above: Declared = getattr(cls, "__declared__", Declared("", "app", ""))
        # The frame of the class statement.
        code = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - nothing public is as cheap
        cls.__declared__ = Declared(
            above.prefix if prefix is None else prefix,
            above.table if table is None else table,
            f"{code.f_code.co_filename}:{code.f_lineno} {name}",
        )
        return cls


class Settings(msgspec.Struct, metaclass=_SettingsMeta):
    """Typed settings: declare the fields, the sources fill them.

    Each field is looked for in `segue.toml`, `.env`, the environment and the
    secrets folder, the later one counting; its default counts last. Mistakes are
    all reported together, with the place of each.

    Class options: `prefix="SHOP_"` for the variables, `table="shop"` for the table
    of `segue.toml` (`app` if none is given).

    Example:
        >>> class Shop(Settings, prefix="SHOP_"):
        ...     page_size: int = 20
        >>> loaded = Shop.load(environ={"SHOP_PAGE_SIZE": "50"})
        >>> loaded.value, str(loaded.origins["page_size"])
        (Shop(page_size=50), 'environment SHOP_PAGE_SIZE')
    """

    __declared__: ClassVar[Declared]

    @classmethod
    def load(
        cls,
        *,
        folder: os.PathLike[str] | str | None = None,
        environ: Mapping[str, str] | None = None,
        overrides: Mapping[str, Any] | None = None,
        development: bool = False,
    ) -> Loaded[Self]:
        """Load the settings from their sources.

        Args:
            folder: Where `segue.toml` and `.env` are; the working folder if None.
            environ: The environment; that of the process if None.
            overrides: Values by key that count over every source; for tests.
            development: Whether a missing `secret_key` is made and kept in
                `.segue/secret_key`.

        Raises:
            ConfigurationError: With every mistake there is.
        """
        # Imported when settings are loaded: to declare them takes none of it.
        from segue.core.config.loading import load  # noqa: PLC0415

        sources = Sources(
            os.curdir if folder is None else folder,
            os.environ if environ is None else environ,
            {} if overrides is None else overrides,
            development,
        )
        return load(cls, cls.__declared__, sources)
