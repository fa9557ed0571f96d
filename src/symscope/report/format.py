"""Numbers as a physicist writes them: the spread decides the digits."""

import math
from decimal import Decimal
from typing import NamedTuple

MAX_DECIMALS = 8
HUGE = 100.0
"""A spread that is so many times the value, or more, is written with a power of ten of its own."""
MINUS = "\N{MINUS SIGN}"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(value: float, decimals: int | None = None, *, scientific: bool = False) -> str:
    """Write a number plainly between 1e-3 and 1e7, with thousands separators, and as a power of ten elsewhere.

    Parameters
    ----------
    value
        A finite number.
    decimals
        Digits after the point; by default four significant digits, or fewer where these are the whole number.
    scientific
        Whether every number outside of 1 to 10 is written with a power of ten, so that a column of many sizes compares.
    """
    if value == 0:
        return "0"
    size = _size(value)
    if decimals is None:
        if float(value).is_integer() and abs(value) < 1e6 and not scientific:
            return format_fixed(value, 0)
        digits = min(4, len(Decimal(repr(float(value))).normalize().as_tuple().digits))
        return _significant(value, digits, scientific)
    if _takes_power(size, scientific):
        return _significant(value, max(0, min(decimals + size, 3)) + 1, scientific)
    return format_fixed(value, min(decimals, MAX_DECIMALS))


def format_fixed(value: float, decimals: int) -> str:
    """Write a number plainly, with a real minus sign, and none before zeros."""
    text = f"{value:,.{decimals}f}"
    return text.replace("-", MINUS if any(digit in text for digit in "123456789") else "")


def format_brief(value: float) -> str:
    """Write a number with two significant digits, for a sentence."""
    return _significant(value, 2, scientific=False) if value else "0"


def spread_decimals(std: float) -> int:
    """Return the decimals that show a spread with two significant digits, one where the first is above 3 (PDG)."""
    if std <= 0 or not math.isfinite(std):
        return 4
    size = math.floor(math.log10(std))
    leading = std / 10**size
    return min(max(0, -size + (1 if leading < 3.55 else 0)), MAX_DECIMALS)


def format_rounded(value: float, spread: float | None, *, scientific: bool = False) -> str:
    """Write a value without its spread, with the digits that the spread allows, but at least two significant ones."""
    if not spread or value == 0:
        return format_number(value, scientific=scientific)
    decimals = max(spread_decimals(spread), 1 - _size(value))
    return format_number(value, decimals, scientific=scientific)


def format_measured(
    value: float | None,
    std: float | None = None,
    missing: str = "not measured",
    *,
    scientific: bool = False,
) -> str:
    """Write a value with its spread, such as ``0.9312 ± 0.0021``; large and tiny numbers share the value's power of ten.

    A spread of a hundred times the value or more is written on its own, so that the value keeps its digits. With `scientific`, every value outside of 1 to 10 has a power of ten.
    """
    if value is None:
        return missing
    if std is None or std == 0:
        return format_number(value, scientific=scientific)
    if value and std >= HUGE * abs(value):
        return f"{_significant(value, 3, scientific)} ± {_significant(std, 3, scientific)}"
    size = _size(value or std)
    if _takes_power(size if scientific else _size(max(abs(value), std)), scientific):
        decimals = spread_decimals(std / 10.0**size)
        mantissa, spread = format_fixed(value / 10.0**size, decimals), format_fixed(std / 10.0**size, decimals)
        return f"({mantissa} ± {spread}){_power_of_ten(size)}"
    decimals = spread_decimals(std)
    return f"{format_fixed(value, decimals)} ± {format_fixed(std, decimals)}"


class RangeText(NamedTuple):
    """A value and the ends of its range as text, with the power of ten that they share."""

    value: str
    low: str
    high: str
    power: str = ""

    @property
    def bracket(self) -> str:
        """The range in brackets, before the power."""
        return f"[{self.low} to {self.high}]"


def format_range(value: float, low: float, high: float, *, scientific: bool = False) -> str:
    """Write a value with the range that it is from, such as ``1.9 [1.4 to 2.5] × 10⁻⁵``; see :func:`range_text`."""
    if low == high:
        return format_number(value, scientific=scientific)
    text = range_text(value, low, high, scientific=scientific)
    return f"{text.value} {text.bracket}{text.power}"


def range_text(value: float, low: float, high: float, *, scientific: bool = False) -> RangeText:
    """Give the digits of a value and of the two ends of its range, low <= value <= high.

    The three share decimals and a power of ten, which is the value's own. There are enough decimals to tell the value from
    the nearer end, so that a far one does not hide where it is. Where an end is of quite another size, each number has a
    power of ten of its own.
    """
    three = (value, low, high)
    far = max(abs(low), abs(high))
    if far == 0:
        return RangeText("0", "0", "0")
    if all(float(number).is_integer() for number in three) and not _takes_power(_size(far), scientific):
        return RangeText(*(format_fixed(number, 0) for number in three))
    apart = RangeText(*(_significant(number, 3, scientific) if number else "0" for number in three))
    if value and far >= HUGE * abs(value):
        return apart
    power = _takes_power(_size(value or far) if scientific else _size(far), scientific)
    size = _size(value or far) if power else 0
    scale = 10.0**size
    wide = spread_decimals((high / scale - low / scale) / 2)
    near = max((-_size(gap / scale) for gap in (value - low, high - value) if gap > 0), default=0)
    smallest = max(-_size(number) for number in three if number) + size if power or scientific else 0
    if smallest > wide + 2:
        return apart
    decimals = min(max(wide, smallest, min(near, wide + 2)), MAX_DECIMALS)
    first, second, third = (format_fixed(number / scale, decimals) for number in three)
    return RangeText(first, second, third, _power_of_ten(size) if power else "")


def format_published(value: float | None, std: float | None = None, *, scientific: bool = False) -> str:
    """Write a published number with the digits that it was given with; tiny and huge ones with a power of ten."""
    if value is None:
        return "no published value"
    if std is None and value != 0 and _takes_power(_size(value), scientific):
        digits = len(f"{abs(value):.15g}".partition("e")[0].replace(".", "").strip("0"))
        return _significant(value, max(1, digits), scientific)
    text = f"{value:,}" if 1e-3 <= abs(value) < 1e7 or value == 0 else f"{value:g}"
    text = text.removesuffix(".0").replace("-", MINUS)
    return text + ("" if std is None else f" ± {std:,}".removesuffix(".0"))


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


def _size(value: float) -> int:
    """Give the power of ten of the first digit."""
    return math.floor(math.log10(abs(value)))


def _significant(value: float, digits: int, scientific: bool) -> str:
    """Write a number other than 0 with so many significant digits."""
    size = _size(value)
    if not _takes_power(size, scientific):
        return format_fixed(value, min(max(0, digits - 1 - size), MAX_DECIMALS))
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa.replace('-', MINUS)}{_power_of_ten(int(exponent))}"


def _takes_power(size: int, scientific: bool) -> bool:
    return size != 0 if scientific else size < -3 or size >= 7


def _power_of_ten(exponent: int) -> str:
    return " \N{MULTIPLICATION SIGN} 10" + str(exponent).translate(_SUPERSCRIPTS)
