rule generate_jets:
    """Collide protons, detect, cluster and match one chunk of top or QCD jets; JetClass-style ROOT, momenta in GeV."""
    input:
        generator=lambda wc: PROJECT.datasets[wc.dataset].generator_card,
        detector=lambda wc: PROJECT.datasets[wc.dataset].detector_card,
    output:
        chunk="<results>/data/{dataset}/chunks/{process}-{split}-{chunk}.root",
    log:
        "<logs>/generate_jets/{dataset}/{process}-{split}-{chunk}.log",
    benchmark:
        "<benchmarks>/generate_jets/{dataset}/{process}-{split}-{chunk}.tsv"
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            process=wc.process,
            n_jets=PROJECT.datasets[wc.dataset].chunk_jets(wc.split, int(wc.chunk)),
            seed=PROJECT.chunk_seed(wc.dataset, wc.process, wc.split, int(wc.chunk)),
        ),
        source=source_of("generate_jets"),
    message:
        "{wildcards.process} jets, {wildcards.split} chunk {wildcards.chunk}"
    script:
        "../scripts/generate_jets.py"


rule download_reference:
    """Fetch one file of the Top Quark Tagging Reference Dataset, resumed where it was cut off, checksum verified."""
    input:
        card=resource_file("reference_dataset.yaml"),
    output:
        # update: a file that is there is verified and kept, be it ours or put there by hand, and never removed first.
        file=update("resources/downloads/{name}.h5"),
    log:
        "<logs>/download_reference/{name}.log",
    wildcard_constraints:
        name="train|val|test",
    retries: 3
    # The nodes of a cluster often have no network.
    localrule: True
    conda:
        "../../envs/symscope.yaml"
    message:
        "fetching {wildcards.name}.h5 of the Top Quark Tagging Reference Dataset"
    script:
        "../scripts/download_reference.py"


rule ingest_jets:
    """Read jets from ROOT or HDF5 into the one form of samples: ragged momenta (E, px, py, pz) in GeV and labels."""
    input:
        train=lambda wc: source_files(wc.dataset, "train"),
        val=lambda wc: source_files(wc.dataset, "val"),
        test=lambda wc: source_files(wc.dataset, "test"),
    output:
        dataset="<results>/data/{dataset}/dataset.h5",
        summary="<results>/data/{dataset}/dataset.json",
        provenance="<results>/data/{dataset}/dataset.provenance.json",
    log:
        "<logs>/ingest_jets/{dataset}.log",
    benchmark:
        "<benchmarks>/ingest_jets/{dataset}.tsv"
    wildcard_constraints:
        dataset=datasets_of("jets"),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            dataset=plain(PROJECT.datasets[wc.dataset]), seed=PROJECT.seed
        ),
        source=source_of("ingest_jets"),
    message:
        "reading the jets of {wildcards.dataset}"
    script:
        "../scripts/ingest_jets.py"


rule generate_orbits:
    """Integrate orbits of bodies that attract each other; states (x, y, px, py) body by body, units with G = 1."""
    output:
        orbits="<results>/data/{dataset}/orbits.h5",
    log:
        "<logs>/generate_orbits/{dataset}.log",
    benchmark:
        "<benchmarks>/generate_orbits/{dataset}.tsv"
    wildcard_constraints:
        dataset=datasets_of("trajectories"),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            dataset=plain(PROJECT.datasets[wc.dataset]),
            seed=PROJECT.dataset_seed(wc.dataset),
        ),
        source=source_of("generate_orbits"),
    message:
        "orbits of {wildcards.dataset}"
    script:
        "../scripts/generate_orbits.py"


rule ingest_trajectories:
    """Read trajectories, generated or the user's own, into the one form of samples."""
    input:
        train=lambda wc: source_files(wc.dataset, "train"),
        val=lambda wc: source_files(wc.dataset, "val"),
        test=lambda wc: source_files(wc.dataset, "test"),
    output:
        dataset="<results>/data/{dataset}/dataset.h5",
        summary="<results>/data/{dataset}/dataset.json",
        provenance="<results>/data/{dataset}/dataset.provenance.json",
    log:
        "<logs>/ingest_trajectories/{dataset}.log",
    benchmark:
        "<benchmarks>/ingest_trajectories/{dataset}.tsv"
    wildcard_constraints:
        dataset=datasets_of("trajectories"),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            dataset=plain(PROJECT.datasets[wc.dataset]), seed=PROJECT.seed
        ),
        source=source_of("ingest_trajectories"),
    message:
        "reading the trajectories of {wildcards.dataset}"
    script:
        "../scripts/ingest_trajectories.py"


rule generate_signals:
    """Draw signals or images with hidden translations behind an orthogonal disguise, in the one form of samples."""
    input:
        images=lambda wc: images_sliced(wc.dataset),
    output:
        dataset="<results>/data/{dataset}/dataset.h5",
        provenance="<results>/data/{dataset}/dataset.provenance.json",
    log:
        "<logs>/generate_signals/{dataset}.log",
    benchmark:
        "<benchmarks>/generate_signals/{dataset}.tsv"
    wildcard_constraints:
        dataset=datasets_from("signals", "images"),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            dataset=plain(PROJECT.datasets[wc.dataset]),
            seed=PROJECT.dataset_seed(wc.dataset),
        ),
        source=source_of("generate_signals"),
    message:
        "signals of {wildcards.dataset}"
    script:
        "../scripts/generate_signals.py"


rule ingest_matrix:
    """Read the user's own matrix of samples into the one form of samples."""
    input:
        train=lambda wc: source_files(wc.dataset, "train"),
        val=lambda wc: source_files(wc.dataset, "val"),
        test=lambda wc: source_files(wc.dataset, "test"),
    output:
        dataset="<results>/data/{dataset}/dataset.h5",
        provenance="<results>/data/{dataset}/dataset.provenance.json",
    log:
        "<logs>/ingest_matrix/{dataset}.log",
    benchmark:
        "<benchmarks>/ingest_matrix/{dataset}.tsv"
    wildcard_constraints:
        dataset=datasets_from("matrix"),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            dataset=plain(PROJECT.datasets[wc.dataset]), seed=PROJECT.seed
        ),
        source=source_of("ingest_matrix"),
    message:
        "reading the samples of {wildcards.dataset}"
    script:
        "../scripts/ingest_matrix.py"


rule ingest_columns:
    """Read the user's own events, from columns of files of any known form, into the one form of samples."""
    input:
        train=lambda wc: source_files(wc.dataset, "train"),
        val=lambda wc: source_files(wc.dataset, "val"),
        test=lambda wc: source_files(wc.dataset, "test"),
    output:
        dataset="<results>/data/{dataset}/dataset.h5",
        summary="<results>/data/{dataset}/dataset.json",
        provenance="<results>/data/{dataset}/dataset.provenance.json",
    log:
        "<logs>/ingest_columns/{dataset}.log",
    benchmark:
        "<benchmarks>/ingest_columns/{dataset}.tsv"
    wildcard_constraints:
        dataset=datasets_from("columns"),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            dataset=plain(PROJECT.datasets[wc.dataset]), seed=PROJECT.seed
        ),
        source=source_of("ingest_columns"),
    message:
        "reading the events of {wildcards.dataset}"
    script:
        "../scripts/ingest_columns.py"


rule enumerate_molecules:
    """List all small molecules by canonical SMILES, and draw those that are computed, in random order; one a line."""
    output:
        names="<results>/data/{dataset}/molecules.smi",
    log:
        "<logs>/enumerate_molecules/{dataset}.log",
    benchmark:
        "<benchmarks>/enumerate_molecules/{dataset}.tsv"
    wildcard_constraints:
        dataset=datasets_from("molecules"),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            dataset=plain(PROJECT.datasets[wc.dataset]),
            seed=PROJECT.dataset_seed(wc.dataset),
        ),
        source=source_of("enumerate_molecules"),
    message:
        "choosing the molecules of {wildcards.dataset}"
    script:
        "../scripts/enumerate_molecules.py"


rule generate_molecules:
    """Conformers of one chunk of molecules [angstrom] with HOMO and LUMO by GFN2-xTB [eV]; failures are counted."""
    input:
        names=rules.enumerate_molecules.output.names,
    output:
        chunk="<results>/data/{dataset}/chunks/molecules-{chunk}.h5",
    log:
        "<logs>/generate_molecules/{dataset}/{chunk}.log",
    benchmark:
        "<benchmarks>/generate_molecules/{dataset}/{chunk}.tsv"
    wildcard_constraints:
        dataset=datasets_from("molecules"),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            dataset=plain(PROJECT.datasets[wc.dataset]),
            chunk=int(wc.chunk),
            seed=PROJECT.dataset_seed(wc.dataset),
        ),
        source=source_of("generate_molecules"),
    message:
        "molecules of {wildcards.dataset}, chunk {wildcards.chunk}"
    script:
        "../scripts/generate_molecules.py"


rule ingest_molecules:
    """Put molecules, computed here or QM9, into frames and splits: homogeneous coordinates [angstrom], HOMO and LUMO [eV]."""
    input:
        molecules=lambda wc: molecule_files(wc.dataset),
    output:
        dataset="<results>/data/{dataset}/dataset.h5",
        summary="<results>/data/{dataset}/dataset.json",
        provenance="<results>/data/{dataset}/dataset.provenance.json",
    log:
        "<logs>/ingest_molecules/{dataset}.log",
    benchmark:
        "<benchmarks>/ingest_molecules/{dataset}.tsv"
    wildcard_constraints:
        dataset=datasets_of("molecules"),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            dataset=plain(PROJECT.datasets[wc.dataset]),
            seed=PROJECT.dataset_seed(wc.dataset),
        ),
        source=source_of("ingest_molecules"),
    message:
        "reading the molecules of {wildcards.dataset}"
    script:
        "../scripts/ingest_molecules.py"


rule make_digits:
    """Turn handwritten digits, scikit-learn's or those of IDX files, by random angles."""
    input:
        files=lambda wc: idx_files(wc.dataset),
    output:
        dataset="<results>/data/{dataset}/dataset.h5",
        provenance="<results>/data/{dataset}/dataset.provenance.json",
    log:
        "<logs>/make_digits/{dataset}.log",
    benchmark:
        "<benchmarks>/make_digits/{dataset}.tsv"
    wildcard_constraints:
        dataset=datasets_from("digits"),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            dataset=plain(PROJECT.datasets[wc.dataset]),
            seed=PROJECT.dataset_seed(wc.dataset),
        ),
        source=source_of("make_digits"),
    message:
        "digits of {wildcards.dataset}"
    script:
        "../scripts/make_digits.py"


rule generate_functions:
    """Draw values of analytic functions, whose symmetry is known, at random inputs."""
    output:
        dataset="<results>/data/{dataset}/dataset.h5",
        provenance="<results>/data/{dataset}/dataset.provenance.json",
    log:
        "<logs>/generate_functions/{dataset}.log",
    benchmark:
        "<benchmarks>/generate_functions/{dataset}.tsv"
    wildcard_constraints:
        dataset=datasets_of("functions"),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            dataset=plain(PROJECT.datasets[wc.dataset]),
            seed=PROJECT.dataset_seed(wc.dataset),
        ),
        source=source_of("generate_functions"),
    message:
        "functions of {wildcards.dataset}"
    script:
        "../scripts/generate_functions.py"


rule build_samples:
    """Take what a discovery or predictor sees: leading constituents of jets, windows of trajectories, atoms."""
    input:
        dataset=lambda wc: dataset_file(PROJECT.sampled[wc.sampled].dataset),
    output:
        samples="<results>/samples/{sampled}.h5",
    log:
        "<logs>/build_samples/{sampled}.log",
    benchmark:
        "<benchmarks>/build_samples/{sampled}.tsv"
    wildcard_constraints:
        sampled=any_of(PROJECT.sampled),
    conda:
        "../../envs/symscope.yaml"
    params:
        settings=lambda wc: dict(
            sampling=plain(PROJECT.sampled[wc.sampled].sampling),
            seed=PROJECT.seed,
        ),
        source=source_of("build_samples"),
    message:
        "samples of {wildcards.sampled}"
    script:
        "../scripts/build_samples.py"


rule data:
    """All datasets that the report needs."""
    input:
        [dataset_file(name) for name in PROJECT.used_datasets()],
