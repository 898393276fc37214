import subprocess
import sys

import pytest

from lms.core.late import Late


def test_a_late_module_is_read_when_it_is_used_and_not_before() -> None:
    code = (
        "import sys; from lms.core.late import Late; late = Late('colorsys'); "
        "print('colorsys' in sys.modules, late.rgb_to_hls(0, 0, 0)[0], 'colorsys' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "0.0", "True"]


def test_a_module_that_is_not_here_says_its_name() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        _ = Late("no_such_module").anything


def test_a_web_server_loads_nothing_that_only_commands_need() -> None:
    code = (
        "import sys; import lms.app; heavy = ('huey', 'alembic', 'typst', 'markdown', 'pymdownx', "
        "'lms.curriculum.rules.schema', 'lms.demo.service'); print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
