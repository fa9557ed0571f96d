# Do the statements about symmetry hold as often as they say? Many data sets of which the answer is known.
rule calibrate:
    """Apply the tests of symmetry to data sets with no symmetry, with a broken one and with an exact one."""
    output:
        result="<results>/calibration/{calibration}/result.h5",
        provenance="<results>/calibration/{calibration}/result.provenance.json",
    log:
        "<logs>/calibrate/{calibration}.log",
    benchmark:
        "<benchmarks>/calibrate/{calibration}.tsv"
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: plain(PROJECT.calibration[wc.calibration]),
        source=source_of("calibrate"),
    message:
        "calibrating the tests of symmetry: {wildcards.calibration}"
    script:
        "../scripts/calibrate.py"


rule calibration_table:
    """How often each statement about symmetry is wrong, for each law."""
    input:
        result=lambda wc: f"<results>/calibration/{only_shown_by('calibration_table')}/result.h5",
        provenance=lambda wc: made_by("calibration_table"),
        text=resource_file("targets/calibration_table.yaml"),
    output:
        html=report(
            "<results>/tables/calibration_table.html",
            caption="../report/calibration_table.rst",
            category="Certainty",
            labels={"paper": "symscope", "target": "Calibration"},
        ),
        csv="<results>/tables/calibration_table.csv",
        tex="<results>/tables/calibration_table.tex",
        json="<results>/tables/calibration_table.json",
        numbers="<results>/numbers/calibration_table.json",
        entry="<results>/targets/calibration_table.json",
    log:
        "<logs>/calibration_table.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("calibration_table"),
        source=source_of("calibration_table"),
    message:
        "Table: calibration of the tests of symmetry"
    script:
        "../scripts/calibration_table.py"


rule calibration_figure:
    """Shares of wrong statements against their nominal level, and how small a breaking is noticed."""
    input:
        result=lambda wc: f"<results>/calibration/{only_shown_by('calibration_figure')}/result.h5",
        provenance=lambda wc: made_by("calibration_figure"),
        text=resource_file("targets/calibration_figure.yaml"),
    output:
        svg=report(
            "<results>/figures/calibration_figure.svg",
            caption="../report/calibration_figure.rst",
            category="Certainty",
            labels={"paper": "symscope", "target": "Calibration"},
        ),
        pdf="<results>/figures/calibration_figure.pdf",
        entry="<results>/targets/calibration_figure.json",
    log:
        "<logs>/calibration_figure.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("calibration_figure"),
        source=source_of("calibration_figure"),
    message:
        "Figure: calibration of the tests of symmetry"
    script:
        "../scripts/calibration_figure.py"
