"""The documentation from disk, in a real, headless Chromium."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.documents import pages

pytestmark = pytest.mark.browser

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage")


@pytest.fixture(scope="module")
def site(repository: Path) -> Path:
    """The built pages; `make docs` made them, or they are built here where they are older than what they show."""
    built = repository / "docs" / "_build" / "html"
    index = built / "searchindex.js"
    sources = [*pages(repository), *(repository / "docs").glob("*.py")]
    if not index.is_file() or index.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", "docs", str(built)]
        done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return built


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("chromium and chromedriver are not installed (Debian: apt-get install chromium chromium-driver)")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


def test_search_from_disk_finds_a_word_and_leads_to_its_page(site: Path, driver) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    driver.get((site / "index.html").as_uri())
    field = driver.find_element(By.CSS_SELECTOR, "input[name=q]")
    field.send_keys("discriminator", Keys.ENTER)
    found = WebDriverWait(driver, 30).until(lambda page: page.find_elements(By.CSS_SELECTOR, "ul.search li a"))
    assert "ideas" in " ".join(link.get_attribute("href") for link in found)
    next(link for link in found if "ideas" in link.get_attribute("href")).click()
    WebDriverWait(driver, 30).until(lambda page: "pictures" in page.title)
    assert "discriminator" in driver.find_element(By.TAG_NAME, "article").text


def test_pages_ask_for_nothing_from_the_network_and_show_all_pictures(site: Path, driver) -> None:
    for page in ("index", "ideas", "experiments/jets", "_made/keys/experiments"):
        driver.get((site / f"{page}.html").as_uri())
        sizes = driver.execute_script("return [...document.images].map(image => image.naturalWidth)")
        assert all(sizes), page
        asked = driver.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
        assert [name for name in asked if not name.startswith(("file:", "data:"))] == []
    severe = [entry for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    assert severe == []
