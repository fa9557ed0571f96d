"""A report whose every text tries to be markup, in a real, headless Chromium."""

import pytest
from tests.browser.test_report_in_chromium import driver, open_page  # noqa: F401 - a fixture
from tests.robustness.hostile import hostile_page

pytestmark = pytest.mark.browser


def test_nothing_in_the_page_runs(driver, tmp_path):  # noqa: F811
    open_page(driver, hostile_page(tmp_path))
    assert driver.execute_script("return window.sprung === undefined")
    assert driver.execute_script("return document.scripts.length") == 0
    assert driver.execute_script("return document.querySelectorAll('img[src=x]').length") == 0
    assert driver.title.startswith("<script>")
    assert "<script>window.sprung" in driver.execute_script("return document.body.innerText")
