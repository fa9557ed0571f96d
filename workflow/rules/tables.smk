rule liegan_table_1:
    """Discrete, continuous and bounded symmetries by LieGAN, Augerino, LieGG and MSR: the share of seeds that find each."""
    input:
        generators=lambda wc: generators_shown_by("liegan_table_1"),
        provenance=lambda wc: made_by("liegan_table_1"),
        text=resource_file("targets/liegan_table_1.yaml"),
        published=resource_file("published.yaml"),
    output:
        html=report(
            "<results>/tables/liegan_table_1.html",
            caption="../report/liegan_table_1.rst",
            category="Discovery",
            labels={"paper": "LieGAN", "target": "Table 1"},
        ),
        csv="<results>/tables/liegan_table_1.csv",
        tex="<results>/tables/liegan_table_1.tex",
        json="<results>/tables/liegan_table_1.json",
        numbers="<results>/numbers/liegan_table_1.json",
        entry="<results>/targets/liegan_table_1.json",
    log:
        "<logs>/liegan_table_1.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("liegan_table_1"),
        source=source_of("liegan_table_1"),
    message:
        "Table 1: which symmetries each method finds"
    script:
        "../scripts/liegan_table_1.py"


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


rule liegan_table_5:
    """HOMO and LUMO of molecules, predicted without symmetry, with the discovered one and with SE(3): errors in meV."""
    input:
        evaluations=lambda wc: [
            f"<results>/properties/{name}/{model}.json"
            for name in shown_by("liegan_table_5").values()
            for model in PROJECT.properties[name].models
        ],
        provenance=lambda wc: made_by("liegan_table_5"),
        text=resource_file("targets/liegan_table_5.yaml"),
        published=resource_file("published.yaml"),
    output:
        html=report(
            "<results>/tables/liegan_table_5.html",
            caption="../report/liegan_table_5.rst",
            category="Molecules",
            labels={"paper": "LieGAN", "target": "Table 5"},
        ),
        csv="<results>/tables/liegan_table_5.csv",
        tex="<results>/tables/liegan_table_5.tex",
        json="<results>/tables/liegan_table_5.json",
        numbers="<results>/numbers/liegan_table_5.json",
        entry="<results>/targets/liegan_table_5.json",
    log:
        "<logs>/liegan_table_5.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("liegan_table_5"),
        source=source_of("liegan_table_5"),
    message:
        "Table 5: properties of molecules"
    script:
        "../scripts/liegan_table_5.py"


rule liegan_table_4:
    """Cyclic groups of several orders, found by LieGAN and by SymmetryGAN: errors, and how many seeds generate the group."""
    input:
        generators=lambda wc: generators_shown_by("liegan_table_4"),
        provenance=lambda wc: made_by("liegan_table_4"),
        text=resource_file("targets/liegan_table_4.yaml"),
        published=resource_file("published.yaml"),
    output:
        html=report(
            "<results>/tables/liegan_table_4.html",
            caption="../report/liegan_table_4.rst",
            category="Discovery",
            labels={"paper": "LieGAN", "target": "Table 4"},
        ),
        csv="<results>/tables/liegan_table_4.csv",
        tex="<results>/tables/liegan_table_4.tex",
        json="<results>/tables/liegan_table_4.json",
        numbers="<results>/numbers/liegan_table_4.json",
        entry="<results>/targets/liegan_table_4.json",
    log:
        "<logs>/liegan_table_4.log",
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: target_settings("liegan_table_4"),
        source=source_of("liegan_table_4"),
    message:
        "Table 4: cyclic groups"
    script:
        "../scripts/liegan_table_4.py"


rule tables:
    """All tables of the configuration."""
    input:
        [f"<results>/tables/{name}.csv" for name in PROJECT.tables],
