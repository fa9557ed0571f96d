"""Numbers as a physicist writes them: the spread decides the digits."""

import math

MAX_DECIMALS = 8
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(value: float, decimals: int | None = None, *, scientific: bool = False) -> str:
    """Write a number plainly between 1e-3 and 1e6, with thousands separators, and as a power of ten elsewhere.

    Parameters
    ----------
    value
        A finite number.
    decimals
        Digits after the point; by default four significant digits.
    scientific
        Whether every number outside of 1 to 10 is written with a power of ten, so that a column of many sizes compares.
    """
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if decimals is None:
        if float(value).is_integer() and abs(value) < 1e6 and not scientific:
            return f"{value:,.0f}"
        decimals = max(0, 3 - size)
    if _takes_power(size, scientific):
        digits = max(0, min(decimals + size, 3))
        mantissa, exponent = f"{value:.{digits}e}".split("e")
        return f"{mantissa}{_power_of_ten(int(exponent))}"
    return f"{value:,.{min(decimals, MAX_DECIMALS)}f}"


def spread_decimals(std: float) -> int:
    """Return the decimals that show a spread with two significant digits, one where the first is above 3 (PDG)."""
    if std <= 0 or not math.isfinite(std):
        return 4
    size = math.floor(math.log10(std))
    leading = std / 10**size
    return min(max(0, -size + (1 if leading < 3.55 else 0)), MAX_DECIMALS)


def format_rounded(value: float, std: float | None, *, scientific: bool = False) -> str:
    """Write a value without its spread, with the digits that the spread allows, but at least two significant ones."""
    if not std or value == 0:
        return format_number(value, scientific=scientific)
    decimals = max(spread_decimals(std), 1 - math.floor(math.log10(abs(value))))
    return format_number(value, decimals, scientific=scientific)


def format_measured(
    value: float | None,
    std: float | None = None,
    missing: str = "not measured",
    *,
    is_bound: bool = False,
    scientific: bool = False,
) -> str:
    """Write a value with its spread, such as ``0.9312 ± 0.0021``; large and tiny numbers share a power of ten.

    A lower bound has a ``≥`` before it. With `scientific`, every value outside of 1 to 10 has a power of ten.
    """
    if value is None:
        return missing
    if is_bound:
        return f"\N{GREATER-THAN OR EQUAL TO} {format_measured(value, std, scientific=scientific)}"
    if std is None or std == 0:
        return format_number(value, scientific=scientific)
    size = math.floor(math.log10(max(abs(value), std)))
    if _takes_power(size, scientific):
        decimals = min(max(spread_decimals(std / 10.0**size), 1), 3)
        mantissa, spread = value / 10.0**size, std / 10.0**size
        return f"({mantissa:.{decimals}f} ± {spread:.{decimals}f}){_power_of_ten(size)}"
    decimals = spread_decimals(std)
    return f"{value:,.{decimals}f} ± {std:,.{decimals}f}"


def format_published(value: float | None, std: float | None = None, *, scientific: bool = False) -> str:
    """Write a published number with the digits that it was given with; tiny and huge ones with a power of ten."""
    if value is None:
        return "no published value"
    if std is None and value != 0 and _takes_power(math.floor(math.log10(abs(value))), scientific):
        digits = len(f"{abs(value):.15g}".partition("e")[0].replace(".", "").strip("0"))
        mantissa, exponent = f"{value:.{max(0, digits - 1)}e}".split("e")
        return f"{mantissa}{_power_of_ten(int(exponent))}"
    text = f"{value:,}" if 1e-3 <= abs(value) < 1e7 or value == 0 else f"{value:g}"
    return text.removesuffix(".0") + ("" if std is None else f" ± {std:,}".removesuffix(".0"))


def format_seconds(seconds: float) -> str:
    """Write a duration in the unit that a person would use."""
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 100:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def _takes_power(size: int, scientific: bool) -> bool:
    return size != 0 if scientific else size < -3 or size >= 7


def _power_of_ten(exponent: int) -> str:
    return " \N{MULTIPLICATION SIGN} 10" + str(exponent).translate(_SUPERSCRIPTS)
