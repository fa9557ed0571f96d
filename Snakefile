# The workflow itself is in workflow/; this file lets `snakemake` find it from the root of the repository.
include: "workflow/Snakefile"


rule default:
    default_target: True
    input:
        rules.all.input,
