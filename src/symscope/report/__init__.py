"""Values to tables, quoted numbers and one self-contained HTML page."""

from symscope.report.entries import Highlight, ReportEntry, TargetText, read_entries, read_target, write_entry
from symscope.report.format import format_measured, format_number, format_range, format_seconds
from symscope.report.page import fill_text, render_report
from symscope.report.records import (
    PublishedValue,
    Record,
    collect_summary,
    load_published,
    missing_record,
    read_records,
    summarise_seeds,
    write_records,
)
from symscope.report.tables import (
    Table,
    TableColumn,
    TableLayout,
    TableRow,
    make_table,
    read_table,
    summarise_runs,
    table_csv,
    table_html,
    table_latex,
    write_table,
)
from symscope.report.tagging import tagging_records

__all__ = [
    "Highlight",
    "PublishedValue",
    "Record",
    "ReportEntry",
    "Table",
    "TableColumn",
    "TableLayout",
    "TableRow",
    "TargetText",
    "collect_summary",
    "fill_text",
    "format_measured",
    "format_number",
    "format_range",
    "format_seconds",
    "load_published",
    "make_table",
    "missing_record",
    "read_entries",
    "read_records",
    "read_table",
    "read_target",
    "render_report",
    "summarise_runs",
    "summarise_seeds",
    "table_csv",
    "table_html",
    "table_latex",
    "tagging_records",
    "write_entry",
    "write_records",
    "write_table",
]
