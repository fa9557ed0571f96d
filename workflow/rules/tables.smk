rule liegan_table_2:
    """Future states of two bodies, predicted with learned, known and no symmetry: mean squared errors on other angles."""
    input:
        evaluation=lambda wc: f"<results>/prediction/{only_shown_by('liegan_table_2')}/evaluation.json",
        provenance=lambda wc: made_by("liegan_table_2"),
        text=resource_file("targets/liegan_table_2.yaml"),
        published=resource_file("published.yaml"),
    output:
        html=report(
            "<results>/tables/liegan_table_2.html",
            caption="../report/liegan_table_2.rst",
            category="Prediction",
            labels={"paper": "LieGAN", "target": "Table 2"},
        ),
        csv="<results>/tables/liegan_table_2.csv",
        tex="<results>/tables/liegan_table_2.tex",
        json="<results>/tables/liegan_table_2.json",
        numbers="<results>/numbers/liegan_table_2.json",
        entry="<results>/targets/liegan_table_2.json",
    log:
        "<logs>/liegan_table_2.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("liegan_table_2"),
        source=source_of("liegan_table_2"),
    message:
        "Table 2: prediction"
    script:
        "../scripts/liegan_table_2.py"


rule liegan_table_3:
    """Four taggers with three metrics, Minkowski's, the Euclidean and the learned one: accuracy, AUC, rejection, invariance."""
    input:
        evaluations=lambda wc: evaluations(only_shown_by("liegan_table_3")),
        provenance=lambda wc: made_by("liegan_table_3"),
        text=resource_file("targets/liegan_table_3.yaml"),
        published=resource_file("published.yaml"),
    output:
        html=report(
            "<results>/tables/liegan_table_3.html",
            caption="../report/liegan_table_3.rst",
            category="Tagging",
            labels={"paper": "LieGAN", "target": "Table 3"},
        ),
        csv="<results>/tables/liegan_table_3.csv",
        tex="<results>/tables/liegan_table_3.tex",
        json="<results>/tables/liegan_table_3.json",
        numbers="<results>/numbers/liegan_table_3.json",
        entry="<results>/targets/liegan_table_3.json",
    log:
        "<logs>/liegan_table_3.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("liegan_table_3"),
        source=source_of("liegan_table_3"),
    message:
        "Table 3: tagging"
    script:
        "../scripts/liegan_table_3.py"


rule tables:
    """All tables of the configuration."""
    input:
        [f"<results>/tables/{name}.csv" for name in PROJECT.tables],
