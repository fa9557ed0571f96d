"""The report in a real, headless Chromium."""

import shutil
import urllib.parse
from pathlib import Path

import pytest
from tests.makers.report_results import write_results

pytestmark = pytest.mark.browser

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
# Contrast of text with what is behind it, by the formula of WCAG 2.
CONTRAST = """
const parse = c => c.match(/[\\d.]+/g).map(Number);
const light = c => { const f = c.slice(0, 3).map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
const back = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; }
  return [255, 255, 255]; };
const bad = [];
for (const e of document.querySelectorAll('body *')) {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
  const a = light(parse(getComputedStyle(e).color)), b = light(back(e));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) bad.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)}: ${e.textContent.trim().slice(0, 40)}`);
}
return bad;
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return write_results(tmp_path_factory.mktemp("results"))


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


def open_page(driver, page: Path, *, width: int = 1280, scheme: str = "light") -> None:
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.get(page.as_uri())
    driver.execute_script("document.querySelectorAll('details').forEach(element => element.open = true)")


def test_opens_without_a_word_on_the_console(driver, page):
    driver.get_log("browser")
    open_page(driver, page)
    assert driver.get_log("browser") == []
    assert driver.title == "The Lorentz group, found in top-quark jets"
    requests = driver.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert [url for url in requests if not url.startswith("data:")] == []


def test_every_image_loads_and_has_a_text(driver, page):
    open_page(driver, page)
    images = driver.execute_script(
        "return [...document.images].map(i => [i.naturalWidth, i.naturalHeight, i.complete, i.alt.length, i.clientWidth])"
    )
    assert len(images) == 5
    assert all(
        width > 0 and height > 0 and complete and alt > 10 and shown > 300
        for width, height, complete, alt, shown in images
    )


def test_every_link_leads_somewhere(driver, page):
    open_page(driver, page)
    anchors = driver.execute_script(
        "return [...document.querySelectorAll('a')].map(a => [a.getAttribute('href'), a.href])"
    )
    names = set(driver.execute_script("return [...document.querySelectorAll('[id]')].map(e => e.id)"))
    assert len(anchors) > 20
    files = 0
    for href, resolved in anchors:
        if href.startswith("#"):
            assert href[1:] in names, href
        else:
            parsed = urllib.parse.urlparse(resolved)
            assert parsed.scheme == "file", href
            assert Path(urllib.parse.unquote(parsed.path)).is_file(), href
            files += 1
    assert files == 5 * 2 + 4 + 1
    assert len(names) == driver.execute_script("return document.querySelectorAll('[id]').length")


@pytest.mark.parametrize("width", [360, 390, 800, 1280, 1920])
def test_the_page_does_not_scroll_sideways(driver, page, width):
    open_page(driver, page, width=width)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    outside = driver.execute_script(
        """const inner = e => { for (; e; e = e.parentElement) if (getComputedStyle(e).overflowX !== 'visible') return true; return false; };
        return [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !inner(e))
          .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert outside == []


def test_the_table_is_seen_whole_on_a_desktop(driver, page):
    open_page(driver, page, width=1280)
    assert (
        driver.execute_script("const s = document.querySelector('.scroll'); return s.scrollWidth - s.clientWidth") <= 0
    )
    text = driver.execute_script("return document.querySelector('.scroll').innerText")
    assert "≥" in text
    assert "Invariance error, maximum" in text
    assert "Parameters" not in text


@pytest.mark.parametrize("width", [390, 1280])
def test_figures_are_seen_whole(driver, page, width):
    open_page(driver, page, width=width)
    hidden = driver.execute_script(
        "return [...document.querySelectorAll('.plot')].map(p => [p.scrollWidth - p.clientWidth, p.querySelector('img').clientWidth])"
    )
    assert len(hidden) == 5
    assert all(outside <= 0 and shown <= width for outside, shown in hidden)


def test_a_figure_grows_under_a_finger(driver, page):
    from selenium.webdriver.common.by import By

    open_page(driver, page, width=390)
    figure = driver.find_element(By.CSS_SELECTOR, "figure .plot")
    figure.click()
    assert driver.execute_script("return arguments[0].querySelector('img').clientWidth", figure) > 800
    assert driver.execute_script("return document.documentElement.scrollWidth") <= 390
    driver.find_element(By.TAG_NAME, "figcaption").click()
    assert driver.execute_script("return arguments[0].querySelector('img').clientWidth", figure) < 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(driver, page, scheme):
    open_page(driver, page, scheme=scheme)
    ground = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(246, 247, 249)", "dark": "rgb(18, 22, 28)"}[scheme]
    assert driver.execute_script(CONTRAST) == []


def test_the_keyboard_reaches_contents_tables_and_details(driver, page):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    open_page(driver, page)
    reached = []
    for _ in range(70):
        ActionChains(driver).send_keys(Keys.TAB).perform()
        reached.append(
            driver.execute_script(
                "const e = document.activeElement; return e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 24)"
            )
        )
    assert reached[0] == "A.skip Skip to the results"
    assert any(element.startswith("DIV.scroll") for element in reached)
    assert any(element.startswith("SUMMARY") for element in reached)


def test_the_opening_quotes_the_numbers(driver, page):
    open_page(driver, page)
    opening = driver.execute_script("return document.getElementById('what-was-found').innerText")
    assert "median of 8 seeds" in opening
    assert "published code, run by us: 0.978" in opening
    assert "8 of 8 seeds succeed" in opening
    assert "{" not in opening


def test_without_weights_the_page_says_so(driver, tmp_path):
    open_page(driver, write_results(tmp_path, with_scores=False, only="jets_fidelity"))
    assert "not measured" in driver.execute_script("return document.getElementById('what-was-found').innerText")
    section = driver.execute_script("return document.getElementById('jets_fidelity').innerText")
    assert "The weights of the published network are not there." in section
